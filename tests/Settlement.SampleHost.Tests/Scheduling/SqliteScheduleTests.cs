using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Scheduling;

public sealed class SqliteScheduleTests : ScheduleContract
{
    private protected override Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings) =>
        PlatformUnderTest.StartAsync(settings: settings);

    [Fact]
    public async Task A_failed_close_reports_its_published_days()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(4));
        await platform.Service<Database.PlatformDatabase>().WriteAsync(
            sql => sql.ExecuteAsync(
                """
                CREATE TRIGGER third_day BEFORE INSERT ON business_days WHEN (SELECT COUNT(*) FROM business_days) = 2
                BEGIN SELECT RAISE(FAIL, 'The third day fails.'); END
                """),
            CancellationToken.None);
        var closes = platform.Service<DayCloses>();

        var closing = () => platform.WhileAdvancingClockAsync(closes.CloseDueAsync(CancellationToken.None));

        await closing.Should().ThrowAsync<Microsoft.Data.Sqlite.SqliteException>();
        var failed = (await closes.ListAsync(null, 10, CancellationToken.None)).Should().ContainSingle().Which;
        failed.State.Should().Be(CloseState.Failed);
        failed.Days.Should().Be(2);
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(FirstDay.AddDays(2));
    }
}
