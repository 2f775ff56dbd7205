using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Scheduling;

public sealed class MySqlScheduleTests(MySqlForApi server) : ScheduleContract
{
    private protected override async Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings) =>
        await PlatformUnderTest.StartAsync(await server.CreateAsync(), settings);

    [Fact]
    public async Task A_close_that_waits_for_a_writer_can_be_cancelled()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(3));
        var admin = await platform.LogInAsync("admin");
        await using var connection = platform.Service<Database.PlatformDatabase>().Open();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted);
        await platform.Service<SettlementEngine>().Writer.WriteAsync(
            transaction, [new UsageEvent(Guid.NewGuid(), PlatformUnderTest.Noon, PlatformMeters.Views, "held", "ann", 1)]);

        // The close waits while that transaction is open, so it is still running when it is cancelled.
        var run = await platform.Service<DayCloses>().BeginAsync(admin.UserId, FirstDay.AddDays(1), CancellationToken.None);
        var running = platform.Service<DayCloses>().RunAsync(run, CancellationToken.None);
        await other.Service<DayCloses>().CancelAsync(run.CloseId, admin.UserId, CancellationToken.None);
        var ended = await platform.WhileAdvancingClockAsync(running);

        ended.State.Should().Be(CloseState.Cancelled);
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(FirstDay);
    }

    [Fact]
    public async Task A_cancelled_close_reports_its_published_days()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(3));
        var closes = platform.Service<DayCloses>();
        var run = await closes.BeginAsync("test", FirstDay.AddDays(1), CancellationToken.None);
        var database = platform.Service<Database.PlatformDatabase>();

        // The publication of the first day waits until a writer exists that blocks the second day.
        await using var holder = database.Open();
        (await Dapper.SqlMapper.ExecuteScalarAsync<long>(holder, $"SELECT GET_LOCK('{run.CloseId}', 0)")).Should().Be(1);
        await database.WriteAsync(
            sql => sql.ExecuteAsync(
                $"""
                CREATE TRIGGER publication BEFORE UPDATE ON business_days FOR EACH ROW
                DO IF(NEW.state = 'published', GET_LOCK('{run.CloseId}', 300), 0)
                """),
            CancellationToken.None);
        var running = closes.RunAsync(run, CancellationToken.None);
        await UntilAsync(platform, async () => await database.ReadAsync(
            sql => sql.FindAsync<long>("SELECT COUNT(*) FROM business_days"), CancellationToken.None) == 1);
        await using var connection = database.Open();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted);
        await platform.Service<SettlementEngine>().Writer.WriteAsync(
            transaction, [new UsageEvent(Guid.NewGuid(), PlatformUnderTest.Noon.AddDays(1), PlatformMeters.Views, "held", "ann", 1)]);
        await Dapper.SqlMapper.ExecuteAsync(holder, $"DO RELEASE_LOCK('{run.CloseId}')");
        await UntilAsync(platform, async () => await platform.Service<SettlementEngine>().Days.FindNextAsync() > FirstDay);
        await closes.CancelAsync(run.CloseId, "test", CancellationToken.None);
        var ended = await platform.WhileAdvancingClockAsync(running);

        ended.State.Should().Be(CloseState.Cancelled);
        ended.Days.Should().Be(1);
        (await closes.FindAsync(run.CloseId, CancellationToken.None)).Days.Should().Be(1);
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(FirstDay.AddDays(1));
    }

    private static async Task UntilAsync(PlatformUnderTest platform, Func<Task<bool>> isReached)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (!await isReached())
        {
            platform.Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(10, timeout.Token);
        }
    }
}
