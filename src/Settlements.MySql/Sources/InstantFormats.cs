using System.Globalization;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The instants of a host's own table, in its format.</summary>
internal static class InstantFormats
{
    /// <summary>The format of dates as text, which the server gives also where the driver has no value for them: 2024-02-00 is one.</summary>
    private const string TextFormat = "yyyy-MM-dd HH:mm:ss.FFFFFF";

    /// <summary>An instant as a bound of the column.</summary>
    public static object Bound(InstantFormat format, DateTimeOffset instant) =>
        format == InstantFormat.Text ? Sql.Instant(instant) : InstantNumbers.From(format, instant);

    /// <summary>What is selected of a column to show or read it: dates as text, since a driver has no value for those that no calendar has.</summary>
    public static string Expression(SourceColumn column) => column.Kind == SourceColumnKind.Instant ? $"CAST({Sql.Name(column.Name)} AS CHAR)" : Sql.Name(column.Name);

    /// <summary>A value of <see cref="Expression"/> as an instant; null when it is none that business calendars support.</summary>
    public static DateTimeOffset? Instant(InstantFormat format, object value)
    {
        if (format != InstantFormat.Text)
            return InstantNumbers.ToInstant(format, value is ulong unsigned ? (Int128)unsigned : Convert.ToInt64(value, CultureInfo.InvariantCulture));
        return DateTimeOffset.TryParseExact(
            (string)value, TextFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            && SupportedInstants.Contains(instant) ? instant : null;
    }

    /// <summary>What a value that is none has to be.</summary>
    public static string Needed(SourceColumn column, InstantFormat format)
    {
        var kind = format == InstantFormat.Text ? $"a {column.DataType.ToUpperInvariant()}, UTC," : $"a whole number of the format {format}";
        return FormattableString.Invariant(
            $"{kind} from {SupportedInstants.First:yyyy-MM-dd} to {SupportedInstants.End.AddDays(-1):yyyy-MM-dd}, of a date that a calendar has");
    }
}
