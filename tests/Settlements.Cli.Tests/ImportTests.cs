using static Settlements.Cli.Tests.SettlementTool;

namespace Settlements.Cli.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly SettlementTool _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Importing_a_file_again_stores_nothing_and_succeeds()
    {
        var file = _program.WriteEvents("a.csv", Event(1, "2024-06-10T00:00:00Z", "v1", 5), Event(2, "2024-06-10T00:00:01Z", "v2", 5));

        var first = (await _program.RunAsync("import", file, "--json")).ShouldSucceed().Json;
        var again = (await _program.RunAsync("import", file, file, "--json")).ShouldSucceed().Json;

        first.GetProperty("stored").GetInt32().Should().Be(2);
        first.GetProperty("rows_per_second").GetDecimal().Should().BePositive();
        again.GetProperty("sent").GetInt32().Should().Be(4);
        again.GetProperty("stored").GetInt32().Should().Be(0);
        again.GetProperty("duplicates").GetInt32().Should().Be(4);
    }

    [Fact]
    public async Task Standard_input_can_be_imported()
    {
        var answer = await _program.RunAsync($"{Header}\n{Event(1, "2024-06-10T00:00:00Z", "v1", 5)}\n", ["import", "-"]);

        answer.ShouldSucceed().Output.Should().MatchRegex(@"sent +1").And.MatchRegex(@"stored +1").And.Contain("rows/s");
    }

    [Fact]
    public async Task A_malformed_row_stops_the_import_with_its_number_column_and_reason()
    {
        var file = _program.WriteEvents("a.csv", Event(1, "2024-06-10T00:00:00Z", "v1", 5), Event(2, "2024-06-10 00:00", "v2", 5));

        var answer = await _program.RunAsync("import", file);
        var corrected = await _program.RunAsync(
            "import", _program.WriteEvents("a.csv", Event(1, "2024-06-10T00:00:00Z", "v1", 5)), "--json");

        answer.ShouldBeWrongUse("a.csv", "Row 3", "'occurred_at'", "2024-06-10 00:00");
        corrected.Json.GetProperty("stored").GetInt32().Should().Be(1, "no row of the failed chunk was stored");
    }

    [Fact]
    public async Task Invalid_rows_are_written_to_the_rejects_file_and_the_others_are_stored()
    {
        var file = _program.WriteEvents(
            "a.csv", Event(1, "2024-06-10T00:00:00Z", "v1", 5), Event(2, "2024-06-10T00:00:00Z", "v2", 0), "\"x,\"\"y\"\"\",1",
            Event(4, "2024-06-10T00:00:00Z", "v1", 5));

        var answer = await _program.RunAsync("import", file, "--rejects", "bad.csv", "--rejects-max", "2", "--json");

        answer.ShouldSucceed().Json.GetProperty("rejected").GetInt32().Should().Be(2);
        answer.Json.GetProperty("stored").GetInt32().Should().Be(2);
        var rejects = await File.ReadAllLinesAsync(_program.PathOf("bad.csv"), TestContext.Current.CancellationToken);
        rejects.Should().HaveCount(3);
        rejects[0].Should().Be("file,row,line,column,reason,raw");
        rejects[1].Should().StartWith("a.csv,3,3,quantity,");
        rejects[2].Should().StartWith("a.csv,4,4,,").And.EndWith(",\"\"\"x,\"\"\"\"y\"\"\"\"\"\",1\"");
    }

    [Fact]
    public async Task More_invalid_rows_than_allowed_stop_the_import_and_are_written_to_the_rejects_file()
    {
        var file = _program.WriteEvents("a.csv", Event(1, "2024-06-10T00:00:00Z", "v", 0), Event(2, "2024-06-10T00:00:00Z", "v", 0));

        var answer = await _program.RunAsync("import", file, "--rejects", "bad.csv", "--rejects-max", "1");

        answer.ShouldBeWrongUse("Row 3", "limit of 1");
        (await File.ReadAllLinesAsync(_program.PathOf("bad.csv"), TestContext.Current.CancellationToken)).Should().HaveCount(3);
    }

    [Fact]
    public async Task The_error_for_an_id_with_different_content_names_both_contents()
    {
        await _program.RunAsync("import", _program.WriteEvents("a.csv", Event(1, "2024-06-10T00:00:00Z", "v1", 5)));

        var answer = await _program.RunAsync("import", _program.WriteEvents("b.csv", Event(1, "2024-06-10T00:00:00Z", "v1", 6)));

        answer.ShouldBeWrongUse(Id(1), "2024-06-10T00:00:00Z,video.view,v1,ann,5", "2024-06-10T00:00:00Z,video.view,v1,ann,6");
    }

    [Fact]
    public async Task A_missing_file_is_reported_before_anything_is_stored()
    {
        var answer = await _program.RunAsync("import", _program.WriteEvents("a.csv", Event(1, "2024-06-10T00:00:00Z", "v1", 5)), "b.csv");

        answer.ShouldBeWrongUse("no file 'b.csv'");
        File.Exists(_program.Database).Should().BeFalse();
    }

    [Fact]
    public async Task Rejects_never_replace_the_imported_file()
    {
        var file = _program.WriteEvents("a.csv", Event(1, "2024-06-10T00:00:00Z", "v1", 5));

        (await _program.RunAsync("import", file, "--rejects", "./a.csv")).ShouldBeWrongUse("would replace");
        (await _program.RunAsync("import", file, "--rejects-max", "3")).ShouldBeWrongUse("--rejects FILE");
        (await _program.RunAsync("import", _program.Folder)).ShouldBeWrongUse("is a folder");
        (await _program.RunAsync("import")).ShouldBeWrongUse("import --help");
    }
}
