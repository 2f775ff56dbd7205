using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>What a source counted for a meter, as it was recorded when a day was published. Immutable.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Meter">The meter.</param>
/// <param name="FirstDay">The first posting date with this definition.</param>
/// <param name="Definition">Table, columns, filter and quantity, as text.</param>
/// <param name="CountedFrom">The first business day whose rows count.</param>
[Experimental("SETTLE001")]
public sealed record RecordedSource(string Source, string Meter, DateOnly FirstDay, string Definition, DateOnly CountedFrom);

/// <summary>The port of the recorded sources. Owner of the table recorded_sources.</summary>
[Experimental("SETTLE001")]
public interface IRecordedSourceStore
{
    /// <summary>The sources with which days were published.</summary>
    /// <param name="transaction">A transaction to read in; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By source, meter and first day.</returns>
    Task<IReadOnlyList<RecordedSource>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken);

    /// <summary>Records the sources that a day counts.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="sources">Those that are new, or defined anew.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are recorded.</returns>
    Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedSource> sources, CancellationToken cancellationToken);
}
