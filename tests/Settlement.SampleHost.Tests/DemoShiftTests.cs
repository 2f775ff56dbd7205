using Settlement.SampleHost.DemoData;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests;

public sealed class DemoShiftTests(MySqlForApi server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_start_moves_the_data_to_yesterday_and_later_starts_leave_it_there(bool mySql)
    {
        await using var platform = await PlatformUnderTest.StartAsync(mySql ? await server.CreateAsync() : null);

        var first = await platform.Service<DemoShift>().ApplyAsync(TestContext.Current.CancellationToken);
        platform.Clock.Advance(TimeSpan.FromDays(3));
        await using var other = await platform.StartAnotherAsync((DemoShift.LastDayKey, "2017-10-22"));
        var later = await other.Service<DemoShift>().ApplyAsync(TestContext.Current.CancellationToken);

        first.Last.Should().Be(new DateOnly(2026, 3, 9), "the clock began on 10 March in Seoul");
        later.Should().Be(first);
        (first.Last.DayNumber - first.First.DayNumber + 1).Should().Be(40);
    }

    [Fact]
    public async Task A_setting_pins_the_last_day()
    {
        await using var platform = await PlatformUnderTest.StartAsync(mySql: null, (DemoShift.LastDayKey, "2017-10-22"));

        (await platform.Service<DemoShift>().ApplyAsync(TestContext.Current.CancellationToken)).ShiftDays.Should().Be(0);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("2017-10-21")]
    [InlineData("2026-03-10")]
    public async Task An_invalid_last_day_is_refused(string day)
    {
        await using var platform = await PlatformUnderTest.StartAsync(mySql: null, (DemoShift.LastDayKey, day));

        var apply = () => platform.Service<DemoShift>().ApplyAsync(TestContext.Current.CancellationToken);

        (await apply.Should().ThrowAsync<StartException>()).Which.Message.Should().Contain(day).And.Contain("2017-10-22").And
            .Contain("2026-03-09");
    }
}
