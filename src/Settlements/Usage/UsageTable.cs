using Settlements.Stores;

namespace Settlements;

/// <summary>The format in which a table of the application stores instants. Always UTC.</summary>
public enum InstantFormat
{
    /// <summary>
    /// Not numeric: on MySQL a DATETIME (in UTC) or TIMESTAMP; on SQLite text of the form <c>yyyy-MM-dd HH:mm:ss</c>, with or without a
    /// fraction, as <c>datetime()</c> and Microsoft.Data.Sqlite write it.
    /// </summary>
    Text,

    /// <summary>Whole seconds since 1970-01-01T00:00:00Z.</summary>
    UnixSeconds,

    /// <summary>Whole milliseconds since 1970-01-01T00:00:00Z.</summary>
    UnixMilliseconds,

    /// <summary>Whole microseconds since 1970-01-01T00:00:00Z.</summary>
    UnixMicroseconds,
}

/// <summary>A measure of a usage table: the quantity that one row adds to a meter.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="QuantityColumn">The column of the quantity, an integer; null to count each row as 1.</param>
/// <param name="CountedFrom">
/// The first business day whose rows count for the meter; null for the open day on which the measure was first seen, which is then
/// recorded.
/// </param>
public sealed record UsageMeasure(string Meter, string? QuantityColumn, DateOnly? CountedFrom = null)
{
    /// <summary>Returns the measure as text, independent of the current culture.</summary>
    /// <returns>For example <c>video.seconds of watched</c>.</returns>
    public override string ToString() => QuantityColumn is null ? Meter : $"{Meter} of {QuantityColumn}";
}

/// <summary>
/// A table of the application that is a usage source. It is read and never written. Immutable; created by
/// <see cref="UsageTableBuilder"/>.
/// </summary>
public sealed record UsageTable
{
    internal UsageTable() { }

    /// <summary>Gets the name of the source, used in progress and errors.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the table.</summary>
    public required string Table { get; init; }

    /// <summary>Gets the columns of the clustering key in order: unique in combination, and the first columns of an index.</summary>
    public required IReadOnlyList<string> KeyColumns { get; init; }

    /// <summary>Gets the column of the instant.</summary>
    public required string OccurredAtColumn { get; init; }

    /// <summary>Gets the format of <see cref="OccurredAtColumn"/>.</summary>
    public required InstantFormat OccurredAtFormat { get; init; }

    /// <summary>Gets the column of the item id.</summary>
    public required string ItemColumn { get; init; }

    /// <summary>Gets the column of the payee id.</summary>
    public required string PayeeColumn { get; init; }

    /// <summary>
    /// Gets the SQL condition of the rows that count, in the dialect of the store; null for all rows. It must come from the program and
    /// never from user input.
    /// </summary>
    public string? Filter { get; init; }

    /// <summary>Gets the last business day whose rows count, included; null for no end.</summary>
    public DateOnly? CountedThrough { get; init; }

    /// <summary>Gets the measures of a row; at least one.</summary>
    public required IReadOnlyList<UsageMeasure> Measures { get; init; }

    /// <summary>Gets the meters of <see cref="Measures"/> in the form of <see cref="IUsageSource.Meters"/>. For store authors.</summary>
    public IReadOnlyList<SourceMeter> Meters =>
        [.. Measures.Select(m => new SourceMeter(m.Meter, Definition(m), m.CountedFrom, CountedThrough))];

    /// <summary>Returns the table with only the measures of some meters. For store authors.</summary>
    /// <param name="meters">The meters whose measures are kept.</param>
    /// <returns>The table with the measures of these meters.</returns>
    public UsageTable WithMeters(IReadOnlyList<SourceMeter> meters) =>
        this with { Measures = [.. Measures.Where(measure => meters.Any(m => m.Meter == measure.Meter))] };

    private string Definition(UsageMeasure measure) =>
        $"{measure.QuantityColumn ?? "rows"} of {ItemColumn} for {PayeeColumn} at {OccurredAtColumn} ({OccurredAtFormat})"
        + (Filter is null ? "" : $" where {Filter}");
}
