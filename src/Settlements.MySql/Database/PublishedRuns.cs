using System.Collections.Concurrent;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Which runs are published. A published run stays so, and is remembered; of the others the table of days is asked each time. Thread-safe.
/// </summary>
internal sealed class PublishedRuns
{
    private const int RunsPerStatement = 1_000;

    private readonly ConcurrentDictionary<long, byte> _known = new();

    /// <summary>The runs of a set whose rows are in force: those that a published day names, and 0, which is no run.</summary>
    /// <remarks>
    /// Ask after the rows were read, with a connection that sees all that is committed: a day that was published in between has published rows
    /// which are in force.
    /// </remarks>
    public async Task<IReadOnlySet<long>> OfAsync(
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

        // Within a transaction a day may be seen as published that is rolled back after all.
        if (transaction is null)
        {
            foreach (var run in published)
                _known.TryAdd(run, 0);
        }

        return published;
    }
}
