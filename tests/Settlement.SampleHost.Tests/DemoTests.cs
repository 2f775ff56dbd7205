using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests;

public sealed class DemoTests(MySqlForApi mySql) : IDisposable
{
    private static readonly string[] AllLines = ["lines", "--from", "2017-09-13", "--to", "2017-10-22", "--output", "-"];

    private readonly SampleProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task The_second_start_repeats_no_work()
    {
        await using var first = await ServedProgram.StartAsync(_program);
        var page = await first.GetAsync("/");
        var firstAnswer = await first.StopAsync();

        await using var second = await ServedProgram.StartAsync(_program, "--json");
        var secondAnswer = await second.StopAsync("-TERM");

        firstAnswer.ShouldSucceed().Output.Should().MatchRegex(@"1 +3y5A4paFOb4 +Logan Paul Vlogs +18,809,766").And.Contain("by amount");
        firstAnswer.Error.Should().Contain("closed 40 days").And.Contain("Serving at http://127.0.0.1:").And.NotContain("warn:");
        page.Should().Contain("Logan Paul Vlogs").And.Contain("18,809,766").And.Contain("40 days closed").And.Contain("Top 5");
        Regex.Matches(page, "<script[^>]*>").Should().OnlyContain(
            s => s.Value.Contains("/assets/dates.js?", StringComparison.Ordinal), "the page needs no script; one writes chosen days");
        secondAnswer.ShouldSucceed().Error.Should().Contain("Nothing to do");
        secondAnswer.Json.GetProperty("week").GetProperty("items").GetArrayLength().Should().Be(5);
        (await _program.RunToolAsync("verify", "--from", "2017-09-13", "--to", "2017-10-22")).ShouldSucceed();
    }

    [Fact]
    public async Task An_interrupted_start_is_resumed_and_gives_the_same_lines()
    {
        using var uninterrupted = new SampleProgram();
        await using (var served = await ServedProgram.StartAsync(uninterrupted))
            await served.StopAsync();

        // Killed during the import of 40 days and during their close, each time some chunks later.
        foreach (var chunks in (int[])[0, 1, 15, 30, 41, 60, 100, 140])
        {
            using var process = _program.Start("--urls", ServedProgram.FreeUrl());
            while (DoneChunks() < chunks)
            {
                process.HasExited.Should().BeFalse("it has not finished");
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await using (var served = await ServedProgram.StartAsync(_program))
            (await served.StopAsync()).ShouldSucceed();

        var lines = (await _program.RunToolAsync(AllLines)).ShouldSucceed().Output;
        lines.Should().Be((await uninterrupted.RunToolAsync(AllLines)).ShouldSucceed().Output);
        lines.Split('\n').Length.Should().BeGreaterThan(10_000);
        (await _program.RunToolAsync("verify", "--from", "2017-09-13", "--to", "2017-10-22")).ShouldSucceed();
    }

    /// <summary>Returns the number of completed chunks of all runs; -1 before the tables exist.</summary>
    private int DoneChunks()
    {
        if (!File.Exists(_program.Database))
            return -1;
        using var connection = new SqliteConnection($"Data Source={_program.Database};Mode=ReadOnly;Pooling=False");
        try
        {
            return connection.ExecuteScalar<int>("SELECT count(*) FROM pipeline_chunks WHERE done = 1");
        }
        catch (SqliteException)
        {
            return -1;
        }
    }

    [Fact]
    public async Task Invalid_page_requests_are_reported()
    {
        await using var served = await ServedProgram.StartAsync(_program);

        var bad = await served.Client.GetAsync(new Uri("/?date=<b>soon", UriKind.Relative), TestContext.Current.CancellationToken);
        var badText = await bad.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var missing = await served.Client.GetAsync(new Uri("/nothing", UriKind.Relative), TestContext.Current.CancellationToken);
        var empty = await served.GetAsync("/?date=2017-01-01");
        var open = await served.GetAsync("/?date=2020-01-01");
        var september = await served.GetAsync("/?period=week&date=2017-09-20");
        var health = await served.GetAsync("/health");

        bad.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        badText.Should().Contain("yyyy-MM-dd").And.NotContain("<b>");
        missing.StatusCode.Should().Be(HttpStatusCode.NotFound);
        empty.Should().Contain("nothing is ranked");
        open.Should().Contain("not settled yet").And.NotContain("nothing is ranked");
        september.Should().Contain("18 Sep 2017 to 24 Sep 2017");
        health.Should().Be("""{"status":"ok","last_closed_day":"2017-10-22"}""");
    }

    [Fact]
    public async Task Demo_accounts_have_passwords_in_development_only()
    {
        var login = new { email = "creator@example.com", password = "settlement-demo" };

        _program.Environment = "Development";
        await using (var served = await ServedProgram.StartAsync(_program))
        {
            var there = new ApiClient(served.Client);
            (await there.PostAsync("/api/users/token", login)).Should(200);
            (await served.StopAsync()).ShouldSucceed().Error.Should().Contain("settlement-demo").And.Contain("admin@example.com (admin)");
        }

        _program.Environment = null;
        await using (var served = await ServedProgram.StartAsync(_program))
        {
            (await new ApiClient(served.Client).PostAsync("/api/users/token", login)).Should(401);
            (await served.StopAsync()).ShouldSucceed().Error.Should().NotContain("settlement-demo").And
                .Contain("admin@example.com (admin)");
        }
    }

    [Fact]
    public async Task A_port_in_use_is_reported_with_its_remedy()
    {
        using var other = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var answer = await _program.RunAsync("--urls", $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}");

        answer.ExitCode.Should().Be(2);
        answer.Error.Should().Contain("address already in use").And.Contain("--urls http://localhost:5081").And.NotContain("   at ");
    }

    [Fact]
    public async Task The_demo_runs_on_MySQL()
    {
        using var program = new SampleProgram(await mySql.CreateAsync());
        await using var served = await ServedProgram.StartAsync(program);
        var page = await served.GetAsync("/");
        var answer = await served.StopAsync();

        answer.ShouldSucceed().Output.Should().MatchRegex(@"1 +3y5A4paFOb4 +Logan Paul Vlogs +18,809,766").And.Contain("by amount");
        page.Should().Contain("Logan Paul Vlogs").And.Contain("40 days closed");
        (await program.RunToolAsync("verify", "--from", "2017-09-13", "--to", "2017-10-22")).ShouldSucceed();
    }
}
