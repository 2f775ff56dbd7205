using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>The server that answers, for each state of real servers, access and consistency.</summary>
public sealed class RouteTableTests(ServersUnderTest servers) : IClassFixture<ServersUnderTest>
{
    private const int TriesMax = 20;

    // Server 1 is the primary, 2 and 3 are its replicas. "-" is an error.
    [Theory]
    [InlineData("all healthy", "write 1, primary 1, eventual 23, stale 23, after 23")]
    [InlineData("2 stopped behind", "write 1, primary 1, eventual 3, stale 3, after 3")]
    [InlineData("2 and 3 stopped behind", "write 1, primary 1, eventual 1, stale 1, after 1")]
    [InlineData("2 cut off", "write 1, primary 1, eventual 3, stale 3, after 3")]
    [InlineData("2 frozen", "write 1, primary 1, eventual 3, stale 3, after 3")]
    [InlineData("2 and 3 cut off", "write 1, primary 1, eventual 1, stale 1, after 1")]
    [InlineData("1 cut off", "write -, primary -, eventual 23, stale -, after 23")]
    [InlineData("all cut off", "write -, primary -, eventual -, stale -, after -")]
    [InlineData("2 delayed", "write 1, primary 1, eventual 23, stale 3, after 3")]
    [InlineData("2 loses its source", "write 1, primary 1, eventual 23, stale 3, after 3")]
    public async Task Requests_are_routed_to_servers_that_satisfy_their_consistency(string state, string expected)
    {
        var steps = Steps(servers)[state];
        var options = ServersUnderTest.ProbeOptions(
            probeTimeout: TimeSpan.FromSeconds(1), replicaLagMax: TimeSpan.FromSeconds(30), tokenWaitMax: TimeSpan.FromMilliseconds(500));
        await using var router = await servers.StartAsync(options);
        try
        {
            await steps.Break();
            var token = await WriteAsync();

            // On a busy machine a healthy server may answer late: the routes were then correct for another state, and are requested again.
            string found;
            var tries = 0;
            do
            {
                await ServersUnderTest.UntilAsync(router, steps.Seen);
                found = await AnswersAsync(router, token);
            }
            while (found != expected && ++tries < TriesMax);

            found.Should().Be(expected);
        }
        finally
        {
            await steps.Mend();
            await servers.Set.WaitForAllAsync();
        }
    }

    private static async Task<string> AnswersAsync(MySqlMultiHostDataSource router, CausalToken token) => string.Join(
        ", ",
        $"write {await AnswerAsync(router, DatabaseAccess.Write, default)}",
        $"primary {await AnswerAsync(router, DatabaseAccess.Read, ReadConsistency.Primary)}",
        $"eventual {await AnswerAsync(router, DatabaseAccess.Read, ReadConsistency.Eventual)}",
        $"stale {await AnswerAsync(router, DatabaseAccess.Read, ReadConsistency.AtMostStale(TimeSpan.FromSeconds(2)))}",
        $"after {await AnswerAsync(router, DatabaseAccess.Read, ReadConsistency.After(token))}");

    private static Dictionary<string, State> Steps(ServersUnderTest servers)
    {
        var (two, three) = (servers.Set.Servers[1], servers.Set.Servers[2]);
        var behind = (IReadOnlyList<ServerStatus> all, int server) => all[server].State == ServerState.Lagging;
        return new Dictionary<string, State>
        {
            ["all healthy"] = new(() => Task.CompletedTask, all => all.All(h => h.State == ServerState.Up) && AllFresh(all, 1, 2), () =>
                Task.CompletedTask),
            ["2 stopped behind"] = new(two.StopSqlThreadAsync, all => behind(all, 1) && AllFresh(all, 2), two.StartSqlThreadAsync),
            ["2 and 3 stopped behind"] = new(
                async () => { await two.StopSqlThreadAsync(); await three.StopSqlThreadAsync(); }, all => behind(all, 1) && behind(all, 2),
                async () => { await two.StartSqlThreadAsync(); await three.StartSqlThreadAsync(); }),
            ["2 cut off"] = Link(servers, ServerState.Down, 1),
            ["2 frozen"] = new(
                () => { servers.Links[1].Freeze(); return Task.CompletedTask; }, all => all[1].State == ServerState.Down
                    && AllFresh(all, 2),
                () => { servers.Links[1].Restore(); return Task.CompletedTask; }),
            ["2 and 3 cut off"] = Link(servers, ServerState.Down, 1, 2),
            ["1 cut off"] = new(
                async () => { await Task.Yield(); servers.Links[0].Cut(); },
                all => all[0].State == ServerState.Down && all[1].Lag > TimeSpan.FromSeconds(2) && all[2].Lag > TimeSpan.FromSeconds(2),
                () => { servers.Links[0].Restore(); return Task.CompletedTask; }),
            ["all cut off"] = Link(servers, ServerState.Down, 0, 1, 2),
            ["2 delayed"] = new(
                () => two.DelayAsync(TimeSpan.FromSeconds(20)), all => all[1].Lag > TimeSpan.FromSeconds(2) && AllFresh(all, 2),
                () => two.DelayAsync(TimeSpan.Zero)),
            ["2 loses its source"] = new(
                () => { two.Link.Cut(); return Task.CompletedTask; }, all => all[1].Lag > TimeSpan.FromSeconds(2) && AllFresh(all, 2),
                () => { two.Link.Restore(); return Task.CompletedTask; }),
        };
    }

    private static State Link(ServersUnderTest servers, ServerState seen, params int[] cut) => new(
        () =>
        {
            foreach (var i in cut)
                servers.Links[i].Cut();
            return Task.CompletedTask;
        },
        all => cut.All(i => all[i].State == seen) && (cut.Contains(0) || AllFresh(all, [.. Enumerable.Range(1, 2).Except(cut)])),
        () =>
        {
            foreach (var i in cut)
                servers.Links[i].Restore();
            return Task.CompletedTask;
        });

    private static bool AllFresh(IReadOnlyList<ServerStatus> all, params int[] servers) =>
        servers.All(i => all[i].State == ServerState.Up && all[i].Lag < TimeSpan.FromSeconds(1));

    /// <summary>Writes directly to the primary, not through the links, which may be cut.</summary>
    private async Task<CausalToken> WriteAsync()
    {
        await using var connection = new MySqlConnection(
            servers.User.ConnectionString(servers.Set.Primary.Port, ServersUnderTest.Database));
        await connection.OpenAsync();
        await ServersUnderTest.ExecuteAsync(connection, "INSERT INTO notes (text) VALUES ('before')");
        return CausalToken.Parse((string)(await ServersUnderTest.ScalarAsync(connection, "SELECT @@last_gtid"))!);
    }

    private static async Task<string> AnswerAsync(MySqlMultiHostDataSource router, DatabaseAccess access, ReadConsistency consistency)
    {
        var reached = new SortedSet<int>();
        for (var i = 0; i < 24; i++)
        {
            try
            {
                await using var connection = await router.OpenConnectionAsync(access, consistency);
                reached.Add(await ServersUnderTest.ServerOfAsync(connection));
            }
            catch (RoutingException e)
            {
                e.IsTransient.Should().BeTrue();
                e.Message.Should().Contain("127.0.0.1:").And.NotContain("app-password");
                return "-";
            }
        }

        return string.Concat(reached);
    }

    private sealed record State(Func<Task> Break, Func<IReadOnlyList<ServerStatus>, bool> Seen, Func<Task> Mend);
}
