using System.Globalization;
using static System.FormattableString;

namespace Settlements;

/// <summary>A row of rates as CSV. A value that is invalid adds an error and is read as null. Not thread-safe.</summary>
internal sealed class RateCsvRow(long number, Dictionary<string, string> cells, FileErrors errors)
{
    private const int ValueLengthMax = 60;

    /// <summary>The number of the row, where the header is row 1.</summary>
    public long Number => number;

    public string Place => PlaceOf(number);

    public bool HasErrors { get; private set; }

    public static string PlaceOf(long number) => Invariant($"row {number}");

    /// <summary>Returns a value; empty when the file has no such column.</summary>
    public string Text(string column) => cells.GetValueOrDefault(column, "");

    public string? Required(string column) =>
        string.IsNullOrWhiteSpace(Text(column)) ? Fail(column, "it is empty; use at least one character") : Text(column);

    public DateOnly? Date(string column)
    {
        if (DateOnly.TryParseExact(Text(column), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return date;
        Fail(column, $"the value is '{Shown(column)}'; use a date of the form yyyy-MM-dd, such as 2024-07-01");
        return null;
    }

    public DateOnly? OptionalDate(string column) => Text(column).Length == 0 ? null : Date(column);

    public long? OptionalInteger(string column)
    {
        if (Text(column).Length == 0)
            return null;
        if (long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return integer;
        Fail(column, $"the value is '{Shown(column)}'; use an integer without separators");
        return null;
    }

    public decimal? Price()
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (decimal.TryParse(Text(RateCsv.Price), Styles, CultureInfo.InvariantCulture, out var price))
            return price;
        Fail(RateCsv.Price, $"the value is '{Shown(RateCsv.Price)}'; use a number with a decimal point, such as 1.1");
        return null;
    }

    /// <summary>Reads the name of a value in lower case.</summary>
    public T? Choice<T>(string column, bool isRequired = false)
        where T : struct, Enum
    {
        if (Text(column).Length == 0 && !isRequired)
            return null;
        foreach (var value in Enum.GetValues<T>())
        {
            if (RateJson.Name(value) == Text(column))
                return value;
        }

        Fail(column, $"the value is '{Shown(column)}'; use {string.Join(", ", Enum.GetValues<T>().Select(v => RateJson.Name(v)))}");
        return null;
    }

    public Currency? Currency()
    {
        var (code, digits) = (Text(RateCsv.Currency), OptionalInteger(RateCsv.MinorUnitDigits));
        try
        {
            return Text(RateCsv.MinorUnitDigits).Length == 0 ? Settlements.Currency.FromCode(code)
                : digits is { } given ? new Currency(code, (int)Math.Clamp(given, -1, int.MaxValue)) : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            Fail(RateCsv.MinorUnitDigits, Invariant($"the value is '{digits}'; use 0 to {Settlements.Currency.MinorUnitDigitsMax}"));
        }
        catch (ArgumentException) when (digits is not null && Settlements.Currency.BuiltInDigits(code) is { } builtIn)
        {
            Fail(RateCsv.MinorUnitDigits, Invariant($"the value is '{digits}', and {code} has {builtIn}; leave it empty"));
        }
        catch (ArgumentException)
        {
            Fail(RateCsv.Currency, $"the value is '{Shown(RateCsv.Currency)}'; use the code of a built-in currency, or three capital "
                + $"letters and {RateCsv.MinorUnitDigits}");
        }

        return null;
    }

    /// <summary>Adds an error.</summary>
    /// <param name="column">The column; null for the row as a whole.</param>
    /// <param name="problem">The value, the cause and the remedy, as a phrase.</param>
    public string? Fail(string? column, string problem)
    {
        HasErrors = true;
        errors.Add(Place, column is null ? $"{problem}." : $"column '{column}': {problem}.");
        return null;
    }

    private string Shown(string column) => Text(column).Length <= ValueLengthMax ? Text(column) : $"{Text(column)[..ValueLengthMax]}…";
}
