namespace Settlements.Cli.Tests;

/// <summary>The settlement's file and the store that a command uses.</summary>
public sealed class ConfigTests : IDisposable
{
    private const string OtherDay = """
        {
          "connection": "Data Source=other.db",
          "calendar": { "timeZone": "America/New_York", "weekStartsOn": "sunday" },
          "meters": ["ride"],
        }
        """;

    private readonly SettlementTool _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task The_error_for_a_missing_file_names_the_folder_and_the_option()
    {
        File.Delete(_program.PathOf("settlement.json"));

        (await _program.RunAsync("runs")).ShouldBeWrongUse("no settlement.json in the current folder", Path.GetFileName(_program.Folder),
            "--config FILE");
        (await _program.RunAsync("runs", "--config", "rules.json")).ShouldBeWrongUse("rules.json: the file does not exist");
    }

    [Fact]
    public async Task The_file_of_the_option_determines_calendar_meters_and_database()
    {
        await File.WriteAllTextAsync(_program.PathOf("rides.json"), OtherDay, TestContext.Current.CancellationToken);
        _program.WriteEvents("rides.csv", SettlementTool.Event(1, "2024-06-10T03:00:00Z", "r1", 5, "ride"));

        (await _program.RunAsync("import", "rides.csv", "--config", "rides.json")).ShouldSucceed();
        (await _program.RunAsync("close", "--through", "2024-06-10", "--config", "rides.json")).ShouldSucceed();
        var top = await _program.RunAsync("top", "--period", "week", "--date", "2024-06-09", "--by", "ride", "--config", "rides.json",
            "--json");

        // 03:00 UTC is the evening of June 9 in New York, a Sunday.
        top.ShouldSucceed().Json.GetProperty("first").GetString().Should().Be("2024-06-09");
        top.Json.GetProperty("items").GetArrayLength().Should().Be(1);
        File.Exists(_program.PathOf("other.db")).Should().BeTrue();
        (await _program.RunAsync("import", "rides.csv")).ShouldBeWrongUse("ride");
    }

    [Fact]
    public async Task All_errors_of_a_file_are_reported_together()
    {
        _program.Configure("""{ "calendar": { "timeZone": "Asia/Seul" }, "meter": [], "limits": { "grace": "10m" } }""");

        var answer = await _program.RunAsync("close", "--through", "2024-06-10");

        answer.ShouldBeWrongUse("error: settlement.json: $.calendar.timeZone: the value is \"Asia/Seul\"",
            "error: settlement.json: $.meter: ", "error: settlement.json: $.limits.grace: ");
        File.Exists(_program.Database).Should().BeFalse();
        (await _program.RunAsync("config", "check")).Error.Should().Be(answer.Error);
    }

    [Fact]
    public async Task A_file_is_validated_without_a_store()
    {
        var text = await _program.RunAsync("config", "check");
        var json = await _program.RunAsync("config", "check", "--json");

        text.ShouldSucceed().Output.Should().Be("settlement.json is valid: 3 meters, ad.view, video.seconds, video.view.\n");
        json.ShouldSucceed().Json.GetProperty("meters").EnumerateArray().Select(meter =>
            meter.GetString()).Should().Equal("ad.view", "video.seconds", "video.view");
        File.Exists(_program.Database).Should().BeFalse();
    }

    [Fact]
    public async Task The_printed_schema_is_the_published_one()
    {
        var answer = await _program.RunAsync("config", "schema");

        answer.ShouldSucceed().Output.Should().Be(await File.ReadAllTextAsync(
            Path.Combine(Root(), "docs/public/settlement.schema.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Options_take_precedence_over_the_environment_and_the_environment_over_the_file()
    {
        _program.WriteEvents("a.csv", SettlementTool.Event(1, "2024-06-10T03:00:00Z", "v1", 5));
        (await _program.RunAsync("import", "a.csv")).ShouldSucceed();
        _program.Environment["SETTLEMENT_CONNECTION"] = "Data Source=environment.db";
        (await _program.RunAsync("import", "a.csv")).ShouldSucceed();
        (await _program.RunAsync("import", "a.csv", "--connection", "Data Source=option.db")).ShouldSucceed();

        Directory.EnumerateFiles(_program.Folder, "*.db").Select(Path.GetFileName).Should()
            .BeEquivalentTo("settlement-sample.db", "environment.db", "option.db");
    }

    [Fact]
    public async Task The_limits_of_the_file_apply_unless_an_option_replaces_them()
    {
        var json = await File.ReadAllTextAsync(_program.PathOf("settlement.json"), TestContext.Current.CancellationToken);
        _program.Configure(json.Replace(
            "\"calendar\":", "\"limits\": { \"chunkRowsMax\": 1 },\n  \"calendar\":", StringComparison.Ordinal));
        _program.WriteEvents("a.csv", [
            .. Enumerable.Range(1, 6).Select(n => SettlementTool.Event(n, $"2024-06-10T0{n}:00:00Z", "v1", 1)),
            .. Enumerable.Range(1, 6).Select(n => SettlementTool.Event(n + 6, $"2024-06-11T0{n}:00:00Z", "v1", 1))]);
        (await _program.RunAsync("import", "a.csv")).ShouldSucceed();

        (await _program.RunAsync("close", "--through", "2024-06-10")).ShouldSucceed();
        (await _program.RunAsync("close", "--through", "2024-06-11", "--chunk-rows", "1000")).ShouldSucceed();

        var runs = (await _program.RunAsync("runs", "--json")).ShouldSucceed().Json.GetProperty("runs");
        var (byOption, byFile) = (runs[0].GetProperty("chunks_total").GetInt32(), runs[1].GetProperty("chunks_total").GetInt32());
        byFile.Should().BeGreaterThan(byOption + 4);
    }

    [Fact]
    public async Task The_connection_of_the_file_is_used_only_with_the_store_of_the_file()
    {
        _program.Environment["SETTLEMENT_STORE"] = "mysql";
        (await _program.RunAsync("runs")).ShouldBeWrongUse("mysql", "--connection", "SETTLEMENT_CONNECTION");

        _program.Environment["SETTLEMENT_STORE"] = "oracle";
        (await _program.RunAsync("runs")).ShouldBeWrongUse("SETTLEMENT_STORE is 'oracle'", "sqlite or mysql");
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));
}
