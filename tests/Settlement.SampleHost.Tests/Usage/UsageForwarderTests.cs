using Microsoft.Extensions.DependencyInjection;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Tests.Usage;

/// <summary>The outbox and its forwarder, against a server that answers as each test decides.</summary>
public sealed class UsageForwarderTests : IAsyncLifetime
{
    private const int BatchRows = 2;

    private ScriptedClickHouse? _server;
    private FaultyDatabase? _database;

    private ScriptedClickHouse Server => _server!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ScriptedClickHouse.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Fact]
    public async Task Forwarding_ends_while_plays_arrive_constantly()
    {
        await using var platform = await StartAsync(sends: false);
        await AddAsync(platform, 1, 5);
        Server.OnInsert = async number =>
        {
            // As many plays as a statement leaves room for; not without end, so that a wrong loop fails rather than hangs.
            if (number <= 20)
                await AddAsync(platform, 100 + number, 1);
            return null;
        };

        await platform.Service<PlayUsage>().ForwardAsync(DateTimeOffset.MaxValue, Cancelled);

        Server.Inserts.Select(rows => rows.Length).Should().Equal(2, 2, 2, 2, 1);
        (await ListAsync(platform)).Should().ContainSingle("the play of the last insert was committed after its rows were read");
    }

    [Fact]
    public async Task Events_are_sent_once_each_in_the_order_of_their_ids()
    {
        await using var platform = await StartAsync();
        await AddAsync(platform, 1, 5);
        platform.Service<UsageSignal>().Set();

        await UntilAsync(platform, async () => (await ListAsync(platform)).Count == 0);

        Sent().Should().Equal(Ids(1, 5));
    }

    [Fact]
    public async Task A_failed_insert_is_repeated_without_a_further_play_and_nothing_is_lost()
    {
        await using var platform = await StartAsync();
        Server.OnInsert = number => Task.FromResult(number is 2 or 3 ? "Code: 252. DB::Exception: Too many parts" : null);
        await AddAsync(platform, 1, 5);
        platform.Service<UsageSignal>().Set();
        var started = platform.Clock.GetUtcNow();

        await UntilAsync(platform, async () => (await ListAsync(platform)).Count == 0);

        Server.Inserts.Select(ScriptedClickHouse.IdsOf).Select(ids => string.Join(',', ids)).Should().Equal(
            new[] { Ids(1, 2), Ids(3, 2), Ids(3, 2), Ids(3, 2), Ids(5, 1) }.Select(ids => string.Join(',', ids)));
        (platform.Clock.GetUtcNow() - started).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20), "it waits before each retry");
    }

    [Fact]
    public async Task Events_that_are_not_deleted_after_their_insert_are_sent_again_as_the_same_rows()
    {
        await using (var crashed = await StartAsync(sends: false, isFaulty: true))
        {
            await AddAsync(crashed, 1, 3);
            _database!.WriteToFail = 1;

            await FluentActions.Awaiting(() => crashed.Service<PlayUsage>().ForwardAsync(DateTimeOffset.MaxValue, Cancelled)).Should()
                .ThrowAsync<System.Data.Common.DbException>();

            (await ListAsync(crashed)).Should().Equal(Ids(1, 3), "nothing is deleted before it is confirmed");
            await using var next = await crashed.StartAnotherAsync(Settings());
            await UntilAsync(next, async () => (await ListAsync(next)).Count == 0);
        }

        var inserts = Server.Inserts.ToList();
        inserts[1].Should().Equal(inserts[0], "ClickHouse replaces a row by one of the same sorting key");
        inserts.Skip(1).SelectMany(ScriptedClickHouse.IdsOf).Should().Equal(Ids(1, 3));
    }

    [Fact]
    public async Task Events_of_another_instance_are_sent_when_they_are_orphaned_and_not_before()
    {
        await using var platform = await StartAsync(sends: false);
        await AddAsync(platform, 1, 2);
        await platform.Service<PlatformDatabase>().WriteAsync(
            sql => sql.ExecuteAsync($"UPDATE usage_outbox SET instance = 'dead' WHERE event_id = '{Ids(1, 1)[0]}'"), Cancelled);
        var outbox = platform.Service<UsageOutbox>();

        await outbox.ForwardOwnAndOrphanedAsync(Cancelled);
        Sent().Should().Equal(Ids(2, 1));
        platform.Clock.Advance(UsageOutbox.OrphanedAfter);
        await outbox.ForwardOwnAndOrphanedAsync(Cancelled);
        Sent().Should().Equal(Ids(2, 1));
        platform.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await outbox.ForwardOwnAndOrphanedAsync(Cancelled);

        Sent().Should().Equal([.. Ids(2, 1), .. Ids(1, 1)]);
    }

    [Fact]
    public async Task Only_events_before_the_instant_are_sent()
    {
        await using var platform = await StartAsync(sends: false);
        await AddAsync(platform, 1, 1);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await AddAsync(platform, 2, 1);

        await platform.Service<PlayUsage>().ForwardAsync(platform.Clock.GetUtcNow(), Cancelled);

        Sent().Should().Equal(Ids(1, 1));
        (await ListAsync(platform)).Should().Equal(Ids(2, 1));
    }

    private static string[] Ids(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(n => Guid.Parse(SampleProgram.Id(n)).ToString("N"))];

    private static async Task AddAsync(PlatformUnderTest platform, int first, int count) =>
        await platform.Service<PlatformDatabase>().WriteAsync(
            sql => platform.Service<PlayUsage>().WriteAsync(
                sql,
                [.. Ids(first, count).Select(id => new UsageEvent(
                    Guid.Parse(id), platform.Clock.GetUtcNow(), PlatformMeters.Views, "v1", "ann", 1))]),
            Cancelled);

    /// <summary>Returns the ids of events that wait.</summary>
    private static Task<List<string>> ListAsync(PlatformUnderTest platform) => platform.Service<PlatformDatabase>().ReadAsync(
        sql => sql.ListAsync<string>("SELECT event_id FROM usage_outbox ORDER BY event_id"), Cancelled);

    /// <summary>Advances the clock until a condition is met.</summary>
    private static Task UntilAsync(PlatformUnderTest platform, Func<Task<bool>> condition) => Waiting.UntilAsync(async () =>
    {
        if (await condition())
            return true;
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        return false;
    });

    private IEnumerable<string> Sent() => Server.Inserts.SelectMany(ScriptedClickHouse.IdsOf);

    private (string Key, string Value)[] Settings() =>
    [
        ("Usage:ClickHouse:Endpoint", Server.Address), ("Usage:ClickHouse:Delay", "00:00:00"),
        ("Usage:ClickHouse:BatchRowsMax", $"{BatchRows}"),
    ];

    private Task<PlatformUnderTest> StartAsync(bool sends = true, bool isFaulty = false) => PlatformUnderTest.StartAsync(
        services =>
        {
            if (!sends)
                services.Remove(services.Single(s => s.ImplementationType == typeof(UsageForwarder)));
            if (isFaulty)
            {
                services.AddSingleton<PlatformDatabase>(
                    p => _database = new FaultyDatabase(ActivatorUtilities.CreateInstance<SqlitePlatformDatabase>(p)));
            }
        },
        mySql: null, Settings());
}
