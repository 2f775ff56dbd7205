using System.Globalization;
using System.Text;
using Settlements;

namespace Settlement.SampleHost.Output;

/// <summary>Formats numbers, days and ids for people, independent of the culture.</summary>
internal static class Text
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Days(DateRange days) => days.First == days.Last ? Day(days.First) : $"{Day(days.First)} to {Day(days.Last)}";

    /// <summary>Formats an amount with exactly the decimals that it has.</summary>
    public static string Amount(decimal amount) => amount.ToString("#,0.############################", CultureInfo.InvariantCulture);

    public static string Amount(Money money) => $"{Amount(money.Amount)} {money.Currency.Code}";

    public static string Amounts(IEnumerable<Money> amounts) => string.Join(" + ", amounts.Select(Amount));

    /// <summary>Formats an amount without group separators and trailing zeros, for files.</summary>
    public static string PlainAmount(decimal amount) => amount.ToString("0.############################", CultureInfo.InvariantCulture);

    public static string Count(long count, string one, string many) => $"{Number(count)} {(count == 1 ? one : many)}";

    /// <summary>Formats an id for a terminal; control characters are escaped.</summary>
    public static string Id(string id)
    {
        if (!id.Any(char.IsControl))
            return id;
        var escaped = new StringBuilder();
        foreach (var c in id)
            escaped.Append(char.IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c);
        return escaped.ToString();
    }
}
