using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The definition by which a source counted a meter, as recorded when a day was published. Immutable.</summary>
[Experimental("SETTLE001")]
public sealed class RecordedSource(string source, string meter, DateOnly firstDay, string definition, DateOnly countedFrom)
{
    /// <summary>The source's name.</summary>
    public string Source { get; } = source;

    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The first posting date with this definition.</summary>
    public DateOnly FirstDay { get; } = firstDay;

    /// <summary>The table, columns, filter and quantity, as text.</summary>
    public string Definition { get; } = definition;

    /// <summary>The first business day whose rows count.</summary>
    public DateOnly CountedFrom { get; } = countedFrom;
}

/// <summary>
/// The port of the recorded sources and of the states of their data. Owns the tables <c>recorded_sources</c> and <c>source_states</c>.
/// </summary>
[Experimental("SETTLE001")]
public interface IRecordedSourceStore
{
    /// <summary>Lists the sources with which days were published.</summary>
    /// <param name="transaction">The transaction to read in; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The recorded sources, ordered by source, meter and first day.</returns>
    Task<IReadOnlyList<RecordedSource>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken);

    /// <summary>Records the sources that a day counts.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="sources">The sources that are new or whose definition changed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are recorded.</returns>
    Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedSource> sources, CancellationToken cancellationToken);

    /// <summary>Returns the state of the sources with which a day was last reconciled without a difference.</summary>
    /// <param name="usageDate">The usage date.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The state; null when there is none.</returns>
    Task<string?> FindStateAsync(DateOnly usageDate, CancellationToken cancellationToken);

    /// <summary>Records the state of the sources with which a day was reconciled without a difference, in place of the last one.</summary>
    /// <param name="usageDate">The usage date.</param>
    /// <param name="state">The state, a text of at most 64 ASCII characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is recorded.</returns>
    Task RecordStateAsync(DateOnly usageDate, string state, CancellationToken cancellationToken);
}
