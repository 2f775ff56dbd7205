using System.Globalization;

namespace Settlements.MySql;

/// <summary>What became of every row of a load. Immutable; its sums always add up.</summary>
/// <param name="Sent">Rows read: resumed, stored, skipped and rejected together. A file's header is none.</param>
/// <param name="Resumed">Rows that an earlier start of the load, of the same key, had stored or skipped.</param>
/// <param name="Stored">Rows stored now; with <see cref="OnConflict.Replace"/> also those that replaced another.</param>
/// <param name="Skipped">Rows passed over since their key was there; with <see cref="OnConflict.Skip"/> only.</param>
/// <param name="Rejected">Rows that the table can't hold, in the whole load: those of an earlier start are counted, and told, too.</param>
/// <param name="Duration">From the start of the load to its end.</param>
/// <exception cref="InvalidOperationException">The sums do not add up.</exception>
public sealed record TableLoadReport(long Sent, long Resumed, long Stored, long Skipped, long Rejected, TimeSpan Duration)
{
    /// <summary>Rows read: resumed, stored, skipped and rejected together.</summary>
    public long Sent { get; } = Sent == Resumed + Stored + Skipped + Rejected ? Sent : throw new InvalidOperationException(string.Create(
        CultureInfo.InvariantCulture,
        $"The load's counts do not add up: {Sent} sent, {Resumed} resumed, {Stored} stored, {Skipped} skipped, {Rejected} rejected."));

    /// <summary>Rows sent per second; 0 when no time passed.</summary>
    public double RowsPerSecond => Duration > TimeSpan.Zero ? Sent / Duration.TotalSeconds : 0;
}

/// <summary>How far a load is. Reported after each chunk, from any thread, never by two at a time.</summary>
/// <param name="Sent">Rows decided so far, resumed ones included.</param>
/// <param name="Stored">Rows stored so far.</param>
/// <param name="Rejected">Rows rejected so far, those of an earlier start included.</param>
/// <param name="Elapsed">Time since the start.</param>
public readonly record struct TableLoadProgress(long Sent, long Stored, long Rejected, TimeSpan Elapsed)
{
    /// <summary>Rows decided per second; 0 when no time passed.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Sent / Elapsed.TotalSeconds : 0;
}
