using Microsoft.Extensions.Configuration;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Usage;

namespace Settlement.SampleHost.Tests.Usage;

public sealed class ClickHouseOptionsTests
{
    [Theory]
    [InlineData("Endpoint", "clickhouse:8123", "Endpoint is 'clickhouse:8123'. Use the address*http://clickhouse:8123*")]
    [InlineData("Endpoint", "http://me:secret@clickhouse:8123", "Endpoint has a user*User, Password and Database*")]
    [InlineData("Table", "plays; DROP", "Table is 'plays; DROP'. Use letters*")]
    [InlineData("Database", "", "Database is ''*")]
    [InlineData("Delay", "01:00:00", "Delay is 01:00:00. Use 00:00:00 to 00:01:00.")]
    [InlineData("BatchRowsMax", "0", "BatchRowsMax is 0. Use 1 to 20000.")]
    [InlineData("Timeout", "00:00:00", "Timeout is 00:00:00. Use 00:00:01 to 00:10:00.")]
    [InlineData("Password", "a\nb", "User or Password has a control character*")]
    public void An_invalid_setting_is_named_with_its_value_and_a_remedy(string setting, string value, string message)
    {
        var read = () => Read(("Endpoint", "http://clickhouse:8123"), (setting, value));

        read.Should().Throw<StartException>().WithMessage($"Usage:ClickHouse:{message}").Which.Message.Should().NotContain("secret");
    }

    [Fact]
    public void All_errors_are_reported_at_once() => FluentActions.Invoking(() => Read(("Endpoint", "x"), ("Table", "1"), ("Name", "")))
        .Should().Throw<StartException>().WithMessage("*:Endpoint *:Table *:Name *");

    [Fact]
    public void A_password_without_an_endpoint_is_an_error() => FluentActions.Invoking(() => Read(("Password", "secret")))
        .Should().Throw<StartException>().WithMessage("Usage:ClickHouse:Endpoint is empty*");

    [Fact]
    public async Task A_server_that_does_not_answer_at_the_start_stops_no_play()
    {
        await using var platform = await PlatformUnderTest.StartAsync(
            settings: ("Usage:ClickHouse:Endpoint", $"http://127.0.0.1:{Settlements.TestServers.LoopbackPort.Find()}"));
        var creator = await platform.LogInAsync("creator");
        var video = (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 700 })).Should(201).Json
            .GetProperty("videoId").GetString()!;

        await platform.ViewAsync(await platform.LogInAsync(), video);

        (await platform.Service<UsageOutbox>().FindEarliestAsync(TestContext.Current.CancellationToken)).Should().NotBeNull();
    }

    private static ClickHouseUsageOptions Read(params (string Key, string Value)[] settings) => ClickHouseUsageOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(s => s.Key).Select(
            s => KeyValuePair.Create($"Usage:ClickHouse:{s.Key}", (string?)s.Last().Value))).Build());
}
