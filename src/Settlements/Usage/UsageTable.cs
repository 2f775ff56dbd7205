using Settlements.Stores;

namespace Settlements;

/// <summary>How a host's own table keeps the instant of a row. Always UTC.</summary>
public enum InstantFormat
{
    /// <summary>
    /// No number: on MySQL a DATETIME (in UTC) or TIMESTAMP; on SQLite text <c>yyyy-MM-dd HH:mm:ss</c>, with a fraction or without, as its
    /// <c>datetime()</c> and Microsoft.Data.Sqlite write it.
    /// </summary>
    Text,

    /// <summary>Whole seconds since 1970-01-01T00:00:00Z.</summary>
    UnixSeconds,

    /// <summary>Whole milliseconds since 1970-01-01T00:00:00Z.</summary>
    UnixMilliseconds,

    /// <summary>Whole microseconds since 1970-01-01T00:00:00Z.</summary>
    UnixMicroseconds,
}

/// <summary>What one row of a host's table counts for a meter.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="QuantityColumn">The column whose whole number is added; null counts 1 for the row.</param>
/// <param name="CountedFrom">
/// The first business day whose rows count for the meter; null for the first open day on which the measure was first seen, which is then recorded.
/// </param>
public sealed record UsageMeasure(string Meter, string? QuantityColumn, DateOnly? CountedFrom = null)
{
    /// <summary>The measure, whatever the current culture.</summary>
    /// <returns>For example <c>video.seconds of watched</c>.</returns>
    public override string ToString() => QuantityColumn is null ? Meter : $"{Meter} of {QuantityColumn}";
}

/// <summary>A host's own table of usage, read as it is: nothing is written to it. Immutable; made with <see cref="UsageTableBuilder"/>.</summary>
public sealed record UsageTable
{
    internal UsageTable() { }

    /// <summary>The name of the source, for progress and errors.</summary>
    public required string Name { get; init; }

    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>The clustering key's columns, in their order: unique together, and an index starts with them.</summary>
    public required IReadOnlyList<string> KeyColumns { get; init; }

    /// <summary>The column with the instant.</summary>
    public required string OccurredAtColumn { get; init; }

    /// <summary>How <see cref="OccurredAtColumn"/> keeps it.</summary>
    public required InstantFormat OccurredAtFormat { get; init; }

    /// <summary>The column with the item's id.</summary>
    public required string ItemColumn { get; init; }

    /// <summary>The column with the payee's id.</summary>
    public required string PayeeColumn { get; init; }

    /// <summary>An SQL condition that rows must meet, in the store's own dialect; null for all rows. Part of the program, never of the input.</summary>
    public string? Filter { get; init; }

    /// <summary>The last business day whose rows count; null for no end.</summary>
    public DateOnly? CountedThrough { get; init; }

    /// <summary>What a row counts; at least one.</summary>
    public required IReadOnlyList<UsageMeasure> Measures { get; init; }

    /// <summary>The meters of <see cref="Measures"/>, as <see cref="IUsageSource.Meters"/> has them; for stores.</summary>
    public IReadOnlyList<SourceMeter> Meters =>
        [.. Measures.Select(m => new SourceMeter(m.Meter, Definition(m), m.CountedFrom, CountedThrough))];

    /// <summary>The same table with those measures alone that count some meters; for stores.</summary>
    /// <param name="meters">The meters that are counted.</param>
    /// <returns>A source whose <see cref="Measures"/> are of these meters.</returns>
    public UsageTable WithMeters(IReadOnlyList<SourceMeter> meters) =>
        this with { Measures = [.. Measures.Where(measure => meters.Any(m => m.Meter == measure.Meter))] };

    private string Definition(UsageMeasure measure) =>
        $"{measure.QuantityColumn ?? "rows"} of {ItemColumn} for {PayeeColumn} at {OccurredAtColumn} ({OccurredAtFormat})"
        + (Filter is null ? "" : $" where {Filter}");
}
