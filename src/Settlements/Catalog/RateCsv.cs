using System.Buffers;
using System.Globalization;
using System.Text;

namespace Settlements;

/// <summary>Writes rates as CSV (RFC 4180, with LF line ends): a header, and a row for each tier.</summary>
internal static class RateCsv
{
    public const string Meter = "meter";
    public const string Scope = "scope";
    public const string Version = "version";
    public const string From = "from";
    public const string Until = "until";
    public const string Model = "model";
    public const string CounterPeriod = "counter_period";
    public const string Currency = "currency";
    public const string MinorUnitDigits = "minor_unit_digits";
    public const string Rounding = "rounding";
    public const string Supersedes = "supersedes";
    public const string UpTo = "up_to";
    public const string Price = "price";
    public const string UnitsPerPackage = "units_per_package";

    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public static IReadOnlyList<string> Columns { get; } =
    [
        Meter, Scope, Version, From, Until, Model, CounterPeriod, Currency, MinorUnitDigits, Rounding, Supersedes, UpTo, Price,
        UnitsPerPackage,
    ];

    /// <summary>The columns without which a file can't be read.</summary>
    public static IReadOnlyList<string> Required { get; } = [Meter, Version, From, Model, Currency, Price];

    public static string Write(IEnumerable<MeterRates> meters)
    {
        var csv = new StringBuilder();
        AddRow(csv, Columns);
        foreach (var rates in meters)
        {
            foreach (var version in rates.All())
            {
                foreach (var tier in version.Table.Tiers)
                    AddRow(csv, Row(rates, version, tier));
            }
        }

        return csv.ToString();
    }

    private static string[] Row(MeterRates rates, RateVersion version, RateTier tier)
    {
        var (table, currency) = (version.Table, version.Currency);
        return
        [
            rates.Meter, version.Scope, version.Version, RateJson.Date(version.FirstDay),
            version.LastDay is { } last ? RateJson.Date(last) : "", RateJson.Name(table.Mode), RateJson.Name(table.CounterPeriod),
            currency.Code, currency.IsBuiltIn ? "" : Text(currency.MinorUnitDigits), RateJson.Name(rates.Rounding),
            version.Supersedes ?? "", tier.UpTo is { } upTo ? Text(upTo) : "", tier.Price.ToString(CultureInfo.InvariantCulture),
            table.Mode == RateMode.Package ? Text(table.UnitsPerPackage) : "",
        ];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void AddRow(StringBuilder csv, IReadOnlyList<string> fields)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (i > 0)
                csv.Append(',');
            if (fields[i].AsSpan().ContainsAny(Special))
                csv.Append('"').Append(fields[i].Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            else
                csv.Append(fields[i]);
        }

        csv.Append('\n');
    }
}
