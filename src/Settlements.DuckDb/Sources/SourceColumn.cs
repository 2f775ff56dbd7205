using System.Globalization;
using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>A column that a source reads, with its type in DuckDB.</summary>
/// <param name="Name">The name, as in the files.</param>
/// <param name="Expression">The quoted and qualified name.</param>
/// <param name="Type">The type, as DESCRIBE names it.</param>
/// <param name="IsText">Whether the column is of a text file: numbers and instants are texts, which are converted and checked.</param>
internal sealed record SourceColumn(string Name, string Expression, string Type, bool IsText)
{
    private const string Digits = "'[+-]?[0-9]+'";

    /// <summary>A date and a time, with a zone or without: a date alone is no instant.</summary>
    private const string InstantText =
        @"'\d{4}-\d{2}-\d{2}[ Tt]\d{2}:\d{2}:\d{2}(\.\d+)?( ?([Zz]|[+-]\d{2}(:?\d{2})?))?'";

    private bool IsInteger => Type is "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "UTINYINT" or "USMALLINT"
        or "UINTEGER" or "UBIGINT" or "UHUGEINT";

    private bool IsTimestamp => Type is "TIMESTAMP" or "TIMESTAMP_S" or "TIMESTAMP_MS" or "TIMESTAMP_NS" or "TIMESTAMP WITH TIME ZONE";

    private bool IsDecimal => Type.StartsWith("DECIMAL(", StringComparison.Ordinal) && Type.EndsWith(",0)", StringComparison.Ordinal);

    /// <summary>Returns the error of a column that holds ids or values that select meters; null when its type is valid.</summary>
    public string? IdError() => IsInteger || Type is "VARCHAR" or "BLOB" or "UUID" || Type.StartsWith("ENUM(", StringComparison.Ordinal)
        ? null
        : $"column {Name} is {Type}; ids are VARCHAR, BLOB, UUID, ENUM or integers. Write it as text or as an integer.";

    /// <summary>Returns the error of a column that holds quantities; null when its type is valid.</summary>
    public string? QuantityError() => IsInteger || IsDecimal || (IsText && Type == "VARCHAR")
        ? null
        : $"column {Name} is {Type}; quantities are integers, since a sum of fractions is not exact. Write whole units of a smaller size "
            + "(milliseconds instead of seconds), and set per: in Sums(meter, column, per).";

    /// <summary>Returns the error of a column that holds instants; null when its type is valid.</summary>
    public string? InstantError(InstantFormat format) => format == InstantFormat.Text
        ? IsTimestamp || Type == "VARCHAR" ? null
            : $"column {Name} is {Type}; instants are TIMESTAMP (in UTC), TIMESTAMP WITH TIME ZONE or text. Write it as one of these, or "
                + $"set the format of a column of integers: OccurredAt(column, InstantFormat.UnixMilliseconds)."
        : (IsInteger && Type is not ("HUGEINT" or "UHUGEINT")) || (IsText && Type == "VARCHAR") ? null
            : $"column {Name} is {Type}; instants of the format {format} are integers. Set the format of the column: OccurredAt(column, "
                + "format).";

    /// <summary>Returns the text of an id by its expression in a grouped query; NULL for bytes that are no UTF-8.</summary>
    public string TextOf(string expression) => Type switch
    {
        "VARCHAR" => expression,
        "BLOB" => $"TRY(decode({expression}))",
        _ => $"CAST({expression} AS VARCHAR)",
    };

    /// <summary>The quantity as an integer; NULL when it is none.</summary>
    public string Quantity => IsText ? Integer : IsDecimal ? $"CAST({Expression} AS HUGEINT)" : Expression;

    /// <summary>Returns the instant in the type of the column, which row groups are pruned by; NULL when it is none.</summary>
    public string Instant(InstantFormat format) => format != InstantFormat.Text
        ? IsText ? Integer : Expression
        : Type == "VARCHAR"
            ? $"CASE WHEN regexp_full_match({Expression}, {InstantText}) THEN TRY_CAST({Expression} AS TIMESTAMPTZ) END"
            : Expression;

    /// <summary>Returns the instant in microseconds since 1970; NULL when it is none.</summary>
    public string Microseconds(InstantFormat format) => format == InstantFormat.Text
        ? $"CAST(epoch_us({Instant(format)}) AS HUGEINT)"
        : $"CAST({Instant(format)} AS HUGEINT) * {Unit(format)}";

    /// <summary>Returns the microseconds of a statistic of a Parquet footer, which is text.</summary>
    public static string StatisticMicroseconds(string statistic, InstantFormat format) => format == InstantFormat.Text
        ? $"CAST(epoch_us(TRY_CAST({statistic} AS TIMESTAMPTZ)) AS HUGEINT)"
        : $"TRY_CAST({statistic} AS HUGEINT) * {Unit(format)}";

    /// <summary>Returns a bound of the instants as a literal of the column's type.</summary>
    public string Bound(InstantFormat format, DateTimeOffset instant)
    {
        if (format != InstantFormat.Text)
            return Sql.Number(InstantNumbers.From(format, instant));
        var text = instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        return Type is "VARCHAR" or "TIMESTAMP WITH TIME ZONE" ? $"TIMESTAMPTZ '{text}+00'" : $"CAST('{text}' AS {Type})";
    }

    private string Integer => $"CASE WHEN regexp_full_match({Expression}, {Digits}) THEN TRY_CAST({Expression} AS BIGINT) END";

    private static string Unit(InstantFormat format) => format switch
    {
        InstantFormat.UnixSeconds => "1000000",
        InstantFormat.UnixMilliseconds => "1000",
        _ => "1",
    };
}
