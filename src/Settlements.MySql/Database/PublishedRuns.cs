using System.Collections.Concurrent;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Determines which runs are published. Published runs are cached, since they remain published; others are queried each time. Thread-safe.
/// </summary>
internal sealed class PublishedRuns
{
    private const int RunsPerStatement = 1_000;

    private readonly ConcurrentDictionary<long, byte> _known = new();

    /// <summary>Returns the runs of a set whose rows are in force: those of published days, and 0, which means no run.</summary>
    /// <remarks>
    /// Call it after the rows were read, on a connection that sees everything committed: if a day was published in between, its rows are in
    /// force.
    /// </remarks>
    public async Task<IReadOnlySet<long>> FilterAsync(
        MySqlConnection connection, MySqlTransaction? transaction, IReadOnlyCollection<long> runIds, CancellationToken cancellationToken)
    {
        var published = new HashSet<long>(runIds.Where(run => run == 0 || _known.ContainsKey(run)));
        foreach (var some in runIds.Where(run => !published.Contains(run)).Chunk(RunsPerStatement))
        {
            var command = connection.CreateCommand();
            await using var _ = command.ConfigureAwait(false);
            command.Transaction = transaction;
#pragma warning disable CA2100 // numbers only
            command.CommandText =
                $"SELECT run_id FROM business_days WHERE run_id IN ({string.Join(',', some.Select(Sql.Literal))}) AND state = 'published'";
#pragma warning restore CA2100
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                published.Add(reader.GetInt64(0));
        }

        // Not cached within a transaction: it may see its own publication, which may still be rolled back.
        if (transaction is null)
        {
            foreach (var run in published)
                _known.TryAdd(run, 0);
        }

        return published;
    }
}
