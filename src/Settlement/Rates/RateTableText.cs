using System.Globalization;
using System.Text;

namespace Settlement.Rates;

/// <summary>Writes a rate table on one line, complete and the same everywhere, so that the line tells tables apart.</summary>
internal static class RateTableText
{
    /// <summary>The line: mode, what is counted over, then each tier with its first and last unit and its price.</summary>
    public static string Of(RateTable table)
    {
        var text = new StringBuilder();
        text.Append(ModeWord(table.Mode)).Append(" over ").Append(OverWord(table.CountedOver)).Append(": ");
        if (table.Mode == RateMode.Package)
        {
            return text
                .Append(CultureInfo.InvariantCulture, $"{table.UnitsPerPackage} units at {table.Tiers[0].Price}")
                .ToString();
        }

        var first = 1L;
        foreach (var tier in table.Tiers)
        {
            text.Append(first == 1 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{first}-{tier.UpTo} at {tier.Price}");
            first = (tier.UpTo ?? 0) + 1;
        }

        return text.ToString();
    }

    private static string ModeWord(RateMode mode) => mode switch
    {
        RateMode.Graduated => "graduated",
        RateMode.Volume => "volume",
        RateMode.Flat => "flat",
        _ => "package",
    };

    private static string OverWord(CountedOver over) => over switch
    {
        CountedOver.Life => "life",
        CountedOver.Year => "year",
        CountedOver.Month => "month",
        CountedOver.Week => "week",
        _ => "day",
    };
}
