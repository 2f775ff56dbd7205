using System.Globalization;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Reads after writes, with a replica that is always a second behind.</summary>
public sealed class StaleReadTests(ServersUnderTest servers, ITestOutputHelper output) : IClassFixture<ServersUnderTest>
{
    private const int Writers = 8;

    private static readonly int Pairs = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long" ? 100_000 : 3_000;

    [Fact]
    public async Task Reads_after_a_token_are_never_stale_and_reads_without_one_may_be()
    {
        await servers.Set.Servers[2].DelayAsync(TimeSpan.FromSeconds(1));
        try
        {
            await using var router = await servers.StartAsync(
                ServersUnderTest.ProbeOptions(tokenWaitMax: TimeSpan.FromMilliseconds(100)));
            await using (var writing = await router.OpenConnectionAsync(DatabaseAccess.Write))
                await ServersUnderTest.ExecuteAsync(writing, "CREATE TABLE counters (id INT PRIMARY KEY, n BIGINT NOT NULL)");
            await servers.Set.WaitForAllAsync();
            var after = await CountStaleAsync(router, firstId: 0, ReadConsistency.After);
            var eventual = await CountStaleAsync(router, firstId: Writers, _ => ReadConsistency.Eventual);

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Pairs} pairs each. After the token: {after.Stale} stale, answered by server {after.Servers}. "
                + $"Eventual: {eventual.Stale} stale, by server {eventual.Servers}."));
            after.Stale.Should().Be(0);
            eventual.Stale.Should().BeGreaterThan(0, "otherwise the replica was not behind, and the test proves nothing");
        }
        finally
        {
            await servers.Set.Servers[2].DelayAsync(TimeSpan.Zero);
        }
    }

    private static async Task<(int Stale, string Servers)> CountStaleAsync(
        MySqlMultiHostDataSource router, int firstId, Func<CausalToken, ReadConsistency> consistency)
    {
        var stale = 0;
        var reached = new int[4];
        await Task.WhenAll(Enumerable.Range(firstId, Writers).Select(async id =>
        {
            for (var n = 1; n <= Pairs / Writers; n++)
            {
                CausalToken token;
                await using (var writing = await router.OpenConnectionAsync(DatabaseAccess.Write))
                await using (var transaction = await writing.BeginTransactionAsync())
                {
                    await new MySqlCommand($"INSERT INTO counters VALUES ({id}, {n}) ON DUPLICATE KEY UPDATE n = {n}", writing, transaction)
                        .ExecuteNonQueryAsync();
                    token = await router.CommitAsync(transaction);
                }

                await using var reading = await router.OpenConnectionAsync(DatabaseAccess.Read, consistency(token));
                await using var command = new MySqlCommand(
                    $"SELECT @@server_id, coalesce((SELECT n FROM counters WHERE id = {id}), 0)", reading);
                await using var reader = await command.ExecuteReaderAsync();
                await reader.ReadAsync();
                Interlocked.Increment(ref reached[reader.GetInt32(0)]);
                if (reader.GetInt64(1) != n)
                    Interlocked.Increment(ref stale);
            }
        }));
        return (stale, string.Join(", ", Enumerable.Range(1, 3).Select(s => $"{s}: {reached[s]}")));
    }
}
