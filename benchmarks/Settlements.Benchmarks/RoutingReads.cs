using System.Diagnostics;
using System.Globalization;
using MySqlConnector;
using Settlements.MySql;
using Settlements.Routing;
using Settlements.TestServers;

namespace Settlements.Benchmarks;

/// <summary>Measures the cost of causal reads and the throughput of replicas.</summary>
internal static class RoutingReads
{
    private const int Pairs = 300;
    private const int Readers = 16;

    private static readonly TimeSpan Run = TimeSpan.FromSeconds(1);

    /// <summary>Writes, waits for the replicas, then reads alternately with and without the write's token.</summary>
    public static async Task MeasureTokensAsync(ReplicaSet set, ReplicaSetUser user, int rounds, FigureTable figures)
    {
        // Two servers, so that both reads use the same replica. With a probe per minute, the router doesn't know that the replica has the
        // token.
        var two = set.Servers.Take(2).ToList();
        await using var blind = await RoutingComparison.StartAsync(
            RoutingComparison.Options(set, user, two) with
            {
                Routing = new RoutingOptions
                {
                    ProbePeriod = TimeSpan.FromMinutes(1),
                    ReplicaLagMax = TimeSpan.FromHours(1)
                }
            });
        var (plain, waits, known) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Pairs * rounds; i++)
        {
            var id = i % 10_000 + 1;
            CausalToken token;
            await using (var writing = await blind.OpenConnectionAsync(DatabaseAccess.Write))
            await using (var transaction = await writing.BeginTransactionAsync())
            {
                await using var command = new MySqlCommand($"UPDATE counters SET n = n + 1 WHERE id = {id}", writing, transaction);
                await command.ExecuteNonQueryAsync();
                token = await blind.CommitAsync(transaction);
            }

            await set.Servers[1].WaitForAsync(token.ToString());
            var old = blind.Servers[1].Position;
            plain.Add(await ReadAsync(blind, ReadConsistency.Eventual, id));
            waits.Add(await ReadAsync(blind, ReadConsistency.After(token), id));
            known.Add(await ReadAsync(blind, ReadConsistency.After(old), id));
        }

        var median = RoutingComparison.Median(plain);
        figures.Note("a plain read at a replica: open, one row by its key, close", median, "µs");
        figures.AtMost(
            "a read after a token that the replica has and the router does not know of", 1.2, RoutingComparison.Median(waits) / median);
        figures.AtMost("a read after a token that the router knows the replica to have", 1.2, RoutingComparison.Median(known) / median);
    }

    public static async Task MeasureThroughputAsync(ReplicaSet set, ReplicaSetUser user, int rounds, FigureTable figures)
    {
        await using var all = await RoutingComparison.StartAsync(RoutingComparison.Options(set, user));
        await using var primary = await RoutingComparison.StartAsync(RoutingComparison.Options(set, user, [set.Primary]));
        var (ofAll, ofPrimary) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var one = await ReadManyAsync(primary, ReadConsistency.Primary);
            var three = await ReadManyAsync(all, ReadConsistency.Eventual);
            if (round < 0)
                continue;
            ofPrimary.Add(one);
            ofAll.Add(three);
        }

        figures.Note($"reads by {Readers} readers at the primary alone", RoutingComparison.Median(ofPrimary), "reads/s");
        figures.Note($"reads by {Readers} readers at 2 replicas", RoutingComparison.Median(ofAll), "reads/s");
        figures.Note(
            "2 replicas against the primary alone, all servers on the same cores",
            RoutingComparison.Median([.. ofAll.Zip(ofPrimary, (a, b) => a / b)]));
    }

    private static async Task<double> ReadAsync(MySqlMultiHostDataSource router, ReadConsistency consistency, int id)
    {
        var began = Stopwatch.GetTimestamp();
        await using (var connection = await router.OpenConnectionAsync(DatabaseAccess.Read, consistency))
            await RoutingComparison.ScalarAsync(
                connection, string.Create(CultureInfo.InvariantCulture, $"SELECT n FROM counters WHERE id = {id}"));
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds;
    }

    private static async Task<double> ReadManyAsync(MySqlMultiHostDataSource router, ReadConsistency consistency)
    {
        var began = Stopwatch.GetTimestamp();
        var reads = await Task.WhenAll(Enumerable.Range(0, Readers).Select(reader => Task.Run(async () =>
        {
            var count = 0;
            for (; Stopwatch.GetElapsedTime(began) < Run; count++)
                await ReadAsync(router, consistency, (count * Readers + reader) % 10_000 + 1);
            return count;
        })));
        return reads.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
