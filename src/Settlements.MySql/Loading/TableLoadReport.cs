using System.Globalization;

namespace Settlements.MySql;

/// <summary>The result of a load: the outcome of every row. Immutable; its counts always add up.</summary>
/// <param name="Sent">Rows read: resumed, stored, skipped and rejected together, without a file's header.</param>
/// <param name="Resumed">Rows that an earlier start of the load with the same key stored or skipped.</param>
/// <param name="Stored">Rows stored by this start; with <see cref="OnConflict.Replace"/> including those that replaced another.</param>
/// <param name="Skipped">Rows skipped because their key exists; with <see cref="OnConflict.Skip"/> only.</param>
/// <param name="Rejected">Rows that the table refuses, in the complete load, including those of earlier starts.</param>
/// <param name="Duration">The duration of the load.</param>
/// <exception cref="InvalidOperationException">The counts don't add up.</exception>
public sealed record TableLoadReport(long Sent, long Resumed, long Stored, long Skipped, long Rejected, TimeSpan Duration)
{
    /// <summary>Rows read: resumed, stored, skipped and rejected together.</summary>
    public long Sent { get; } = Sent == Resumed + Stored + Skipped + Rejected ? Sent : throw new InvalidOperationException(string.Create(
        CultureInfo.InvariantCulture,
        $"The load's counts do not add up: {Sent} sent, {Resumed} resumed, {Stored} stored, {Skipped} skipped, {Rejected} rejected. "
        + $"Sent must be the sum of the others. Report this as a defect."));

    /// <summary>Rows sent per second; 0 if no time elapsed.</summary>
    public double RowsPerSecond => Duration > TimeSpan.Zero ? Sent / Duration.TotalSeconds : 0;
}

/// <summary>The progress of a load. Reported after each chunk, from any thread, never concurrently.</summary>
/// <param name="Sent">Rows decided so far, resumed ones included.</param>
/// <param name="Stored">Rows stored so far.</param>
/// <param name="Rejected">Rows rejected so far, those of an earlier start included.</param>
/// <param name="Elapsed">Time since the start.</param>
public readonly record struct TableLoadProgress(long Sent, long Stored, long Rejected, TimeSpan Elapsed)
{
    /// <summary>Rows decided per second; 0 if no time elapsed.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Sent / Elapsed.TotalSeconds : 0;
}
