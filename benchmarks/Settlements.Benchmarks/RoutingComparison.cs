using System.Globalization;
using System.Runtime.InteropServices;
using MySqlConnector;
using Settlements.MySql;
using Settlements.Routing;
using Settlements.TestServers;

namespace Settlements.Benchmarks;

/// <summary>Compares the router with the driver's data source, with a primary and two replicas.</summary>
internal static class RoutingComparison
{
    public static async Task<int> RunAsync(int rounds, string only)
    {
        if (only is not ("" or "open" or "token" or "throughput" or "failover") || rounds < 1)
        {
            await Console.Error.WriteLineAsync("--only takes open, token, throughput or failover; --rounds is at least 1.");
            return 2;
        }

        await using var set = await ReplicaSet.StartAsync();
        await set.CreateDatabaseAsync("bench");
        var user = await set.CreateUserAsync();
        await set.Primary.ExecuteAsync("CREATE TABLE bench.counters (id INT PRIMARY KEY, n BIGINT NOT NULL); "
            + "INSERT INTO bench.counters SELECT seq, 0 FROM bench.seq_1_to_10000");
        await set.WaitForAllAsync();
        var version = await set.Primary.ReadAsync("SELECT version()");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{version}: a primary and 2 replicas on loopback, {Environment.ProcessorCount} cores for them and for this process, "
            + $"{RuntimeInformation.FrameworkDescription}, rounds: {rounds}"));

        var figures = new FigureTable();
        if (only is "" or "open")
            await RoutingOpens.MeasureAsync(set, user, rounds, figures);
        if (only is "" or "token")
            await RoutingReads.MeasureTokensAsync(set, user, rounds, figures);
        if (only is "" or "throughput")
            await RoutingReads.MeasureThroughputAsync(set, user, rounds, figures);
        if (only is "" or "failover")
            await RoutingFailover.MeasureAsync(set, user, Math.Min(rounds, 5), figures);
        figures.Print();
        return figures.IsMet ? 0 : 1;
    }

    public static MySqlMultiHostOptions Options(ReplicaSet set, ReplicaSetUser user, IEnumerable<ReplicatedServer>? servers = null) => new()
    {
        ConnectionString = Settings(user),
        Servers = [.. (servers ?? set.Servers).Select(s => new ServerAddress("127.0.0.1", s.Port))],
    };

    public static string Settings(ReplicaSetUser user) =>
        $"User ID={user.Name};Password={user.Password};Database=bench;SslMode=None;Maximum Pool Size=64";

    public static async Task<object?> ScalarAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    public static async Task<MySqlMultiHostDataSource> StartAsync(MySqlMultiHostOptions options)
    {
        var router = new MySqlMultiHostDataSource(options);
        await router.StartAsync();
        for (var i = 0; i < 1000 && router.Servers.Any(h => h.State != ServerState.Up
            || (h.Role == ServerRole.Replica && h.Lag is null)); i++)
            await Task.Delay(10);
        return router;
    }
}
