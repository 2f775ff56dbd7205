using Settlements;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Reports of a closed day with two creators; one has the worked figures of the rules.</summary>
public sealed class ReportTests : IAsyncLifetime
{
    private PlatformUnderTest? _platform;
    private ApiClient? _ann;
    private ApiClient? _bob;
    private ApiClient? _admin;
    private string _video = "";

    private PlatformUnderTest Platform => _platform!;

    public async ValueTask InitializeAsync()
    {
        _platform = await PlatformUnderTest.StartAsync();
        (_ann, _bob) = (await Platform.LogInAsync("creator"), await Platform.LogInAsync("creator"));
        _video = await RegisterAsync(_ann, "=1+1");
        var other = await RegisterAsync(_bob, "Other");
        UsageEvent[] events =
        [
            Event(1, PlatformMeters.Views, _video, _ann, 550_000), Event(2, PlatformMeters.AdViews, $"{_video}/ad-1", _ann, 1_150_000),
            Event(3, PlatformMeters.Seconds, _video, _ann, 50), Event(4, PlatformMeters.Views, other, _bob, 10), Event(
                5, PlatformMeters.Seconds, other, _bob, 900),
        ];
        await Platform.Service<SettlementEngine>().Events.LoadAsync(events.ToAsyncEnumerable());
        Platform.Clock.Advance(TimeSpan.FromDays(1));
        await Platform.Service<SettlementEngine>().Days.CloseThroughAsync(new DateOnly(2026, 3, 10));
        await _ann.AuthorizeAsync(PlatformUnderTest.Password);
        await _bob.AuthorizeAsync(PlatformUnderTest.Password);
        _admin = await Platform.LogInAsync("admin");

        static async Task<string> RegisterAsync(ApiClient creator, string title) =>
            (await creator.PostAsync("/api/videos", new { title, lengthSeconds = 400 })).Should(201).Json.GetProperty("videoId")
                .GetString()!;

        static UsageEvent Event(int id, string meter, string item, ApiClient payee, long quantity) =>
            new(Guid.Parse(SampleProgram.Id(id)), PlatformUnderTest.Noon, meter, item, payee.UserId, quantity);
    }

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    [Fact]
    public async Task Rankings_are_by_views_or_seconds_of_all_or_own_videos()
    {
        (await Titles(Platform.Anonymous, "/api/statistics/top?period=day&date=2026-03-10")).Should().Equal("=1+1", "Other");
        (await Titles(Platform.Anonymous, "/api/statistics/top?by=seconds")).Should().Equal("Other", "=1+1");
        (await Titles(Platform.Anonymous, "/api/statistics/top?period=month&count=1")).Should().Equal("=1+1");
        (await Titles(Platform.Anonymous, "/api/statistics/top?date=2026-03-01")).Should().BeEmpty();
        (await Titles(_bob!, "/api/statistics/top/own")).Should().Equal("Other");
        (await Platform.Anonymous.GetAsync("/api/statistics/top?by=likes")).ShouldBeProblem(400, "views or seconds");
        (await Platform.Anonymous.GetAsync("/api/statistics/top?period=year")).ShouldBeProblem(400, "day, week or month");
        (await Platform.Anonymous.GetAsync("/api/statistics/top?date=soon")).ShouldBeProblem(400, "yyyy-MM-dd");
        (await Platform.Anonymous.GetAsync("/api/statistics/top?count=0")).ShouldBeProblem(400, "1 to 100");

        static async Task<IEnumerable<string?>> Titles(ApiClient client, string path) =>
            (await client.GetAsync(path)).Should(200).Json.GetProperty("videos").EnumerateArray().Select(
                v => v.GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_period_is_a_range_of_days_or_named()
    {
        var range = (await _ann!.GetAsync("/api/settlement?from=2026-03-09&to=2026-03-11")).Should(200).Json.GetProperty("report");
        var year = (await _ann.GetAsync("/api/settlement?period=range&from=2025-03-11&to=2026-03-11")).Should(200);
        var today = (await _ann.GetAsync("/api/settlement?period=today")).Should(200).Json.GetProperty("report").GetProperty("period");
        var top = (await Platform.Anonymous.GetAsync("/api/statistics/top?from=2026-03-10&to=2026-03-10")).Should(200).Json;

        range.GetProperty("total").GetDecimal().Should().Be(16_905_010);
        range.GetProperty("period").GetProperty("closedDays").GetInt32().Should().Be(1);
        range.GetProperty("period").GetProperty("openDays").GetInt32().Should().Be(1, "11 March is today");
        year.Json.GetProperty("report").GetProperty("total").GetDecimal().Should().Be(16_905_010);
        today.GetProperty("first").GetString().Should().Be("2026-03-11");
        top.GetProperty("videos").EnumerateArray().Select(v => v.GetProperty("title").GetString()).Should().Equal("=1+1", "Other");
        foreach (var name in (string[])["yesterday", "last-closed", "this-week", "this-month", "this-year"])
        {
            (await _ann.GetAsync($"/api/settlement?period={name}")).Should(200).Json.GetProperty("report").GetProperty("total").GetDecimal()
                .Should().Be(16_905_010, name);
        }

        foreach (var name in (string[])["last-week", "last-month"])
        {
            (await _ann.GetAsync($"/api/settlement?period={name}")).Should(200).Json.GetProperty("report").GetProperty("total").GetDecimal()
                .Should().Be(0, name);
        }

        (await _ann.GetAsync("/api/settlement?from=2025-03-10&to=2026-03-11")).ShouldBeProblem(400, "367 days", "at most 366 days");
        (await _ann.GetAsync("/api/settlement?from=2026-03-11&to=2026-03-10")).ShouldBeProblem(400, "after to");
        (await _ann.GetAsync("/api/settlement?from=2026-03-11")).ShouldBeProblem(400, "to is missing");
        (await _ann.GetAsync("/api/settlement?period=range")).ShouldBeProblem(400, "from is missing");
        (await _ann.GetAsync("/api/settlement?period=day&from=2026-03-10&to=2026-03-11")).ShouldBeProblem(400, "Omit the period");
        (await _ann.GetAsync("/api/settlement?from=soon&to=2026-03-11")).ShouldBeProblem(400, "yyyy-MM-dd");
    }

    [Fact]
    public async Task Creators_see_their_own_earnings_and_admins_all()
    {
        var own = (await _ann!.GetAsync("/api/settlement?period=day")).Should(200).Json.GetProperty("report");
        var all = (await _admin!.GetAsync("/api/settlement?period=month")).Should(200).Json.GetProperty("report");
        var bobs = (await _admin.GetAsync($"/api/settlement?payee={_bob!.UserId}")).Should(200).Json.GetProperty("report");

        own.GetProperty("videoAmount").GetDecimal().Should().Be(605_000);
        own.GetProperty("adAmount").GetDecimal().Should().Be(16_300_010);
        own.GetProperty("total").GetDecimal().Should().Be(16_905_010);
        own.GetProperty("videos").EnumerateArray().Single().GetProperty("total").GetDecimal().Should().Be(16_905_010);
        all.GetProperty("total").GetDecimal().Should().Be(16_905_020);
        bobs.GetProperty("total").GetDecimal().Should().Be(10);
        foreach (var path in (string[])["", "/days", "/lines.csv", "/lines.xlsx", "/explanation?day=2026-03-10&meter=video.view&item=x&",
            $"/lines?video={_video}&"])
            (await _ann.GetAsync($"/api/settlement{path}{(path.Contains('?', StringComparison.Ordinal) ? "" : "?")}payee={_bob.UserId}"))
                .ShouldBeProblem(403, "that payee");
        (await _bob.GetAsync($"/api/settlement/explanation?day=2026-03-10&meter=video.view&item={_video}")).ShouldBeProblem(404);
        (await _bob.GetAsync($"/api/settlement/lines?video={_video}")).Json.GetArrayLength().Should().Be(0);
        (await _admin.GetAsync("/api/settlement/payees?count=1")).Json.GetProperty("items").EnumerateArray().Single().GetProperty("amount")
            .GetDecimal()
            .Should().Be(16_905_010);
    }

    [Fact]
    public async Task Figures_of_a_period_include_newly_closed_days()
    {
        string[] paths = ["/api/settlement?period=month&date=2026-03-10",
            $"/api/settlement?period=month&date=2026-03-10&payee={_bob!.UserId}"];
        var before = await TotalsAsync();
        await Platform.Service<SettlementEngine>().Events.LoadAsync(new[]
        {
            new UsageEvent(Guid.Parse(SampleProgram.Id(6)), PlatformUnderTest.Noon.AddDays(1), PlatformMeters.Views,
                "bobs", _bob.UserId, 7),
        }.ToAsyncEnumerable());
        Platform.Clock.Advance(TimeSpan.FromDays(1));
        await Platform.Service<SettlementEngine>().Days.CloseThroughAsync(new DateOnly(2026, 3, 11));
        await _admin!.AuthorizeAsync(PlatformUnderTest.Password);

        before.Should().Equal(16_905_020, 10);
        (await TotalsAsync()).Should().Equal(16_905_027, 17);

        async Task<List<decimal>> TotalsAsync()
        {
            var totals = new List<decimal>();
            foreach (var path in paths)
                totals.Add((await _admin!.GetAsync(path)).Should(200).Json.GetProperty("report").GetProperty("total").GetDecimal());
            return totals;
        }
    }

    [Fact]
    public async Task An_amount_is_explained_by_its_tiers()
    {
        var days = (await _ann!.GetAsync("/api/settlement/days?period=week")).Should(200).Json;
        var lines = (await _ann.GetAsync($"/api/settlement/lines?video={_video}&period=day")).Should(200).Json;
        var why = (await _ann.GetAsync($"/api/settlement/explanation?day=2026-03-10&meter=video.view&item={_video}")).Should(200).Json;

        days.GetArrayLength().Should().Be(7);
        days.EnumerateArray().Sum(d => d.GetProperty("total").GetDecimal()).Should().Be(16_905_010);
        lines.EnumerateArray().Sum(l => l.GetProperty("amount").GetDecimal()).Should().Be(16_905_010);
        why.GetProperty("tiers").EnumerateArray().Select(t => t.GetProperty("amount").GetDecimal()).Should().Equal(
            99_999m, 440_000m, 65_001.3m);
        why.GetProperty("line").GetProperty("exactAmount").GetDecimal().Should().Be(605_000.3m);
        why.GetProperty("line").GetProperty("amount").GetDecimal().Should().Be(605_000m);
    }

    [Fact]
    public async Task The_CSV_contains_every_line_and_escapes_formulas()
    {
        var csv = (await _ann!.GetAsync("/api/settlement/lines.csv?period=month")).Should(200);

        csv.Headers["Content-Type"].Should().Be("text/csv; charset=utf-8");
        csv.Headers["Content-Disposition"].Should().Contain("settlement-2026-03-01-2026-03-31.csv");
        var rows = csv.Text.TrimStart('\uFEFF').Split("\r\n");
        rows[0].Should().StartWith("posting_date,kind,usage_date,meter,video_id,title");
        rows[1..3].Should().Equal(
            $"2026-03-10,usage,2026-03-10,ad.view,{_video},'=1+1,{_video}/ad-1,"
            + $"{_ann.UserId},1150000,0,1150000,,2017-01,16300010,16300010,KRW,",
            $"2026-03-10,usage,2026-03-10,video.view,{_video},'=1+1,{_video},{_ann.UserId},550000,0,550000,,2017-01,605000.3,605000,KRW,");
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("&bom=true", true)]
    [InlineData("&bom=false", false)]
    public async Task The_CSV_begins_with_a_byte_order_mark_unless_refused(string query, bool hasMark)
    {
        var bytes = await _ann!.Http.GetByteArrayAsync(
            new Uri($"/api/settlement/lines.csv?period=month{query}", UriKind.Relative), TestContext.Current.CancellationToken);

        bytes.AsSpan().StartsWith("\uFEFFposting_date"u8).Should().Be(hasMark);
        bytes.AsSpan().StartsWith("posting_date"u8).Should().Be(!hasMark);
        var lines = System.Text.Encoding.UTF8.GetString(bytes).Split('\n');
        lines[..^1].Should().HaveCount(3).And.OnlyContain(l => l.EndsWith('\r'), "rows end with CR LF");
    }

    [Fact]
    public async Task The_workbook_has_dates_and_numbers_and_no_formulas()
    {
        using var answer = await _ann!.Http.GetAsync(
            new Uri("/api/settlement/lines.xlsx?period=month", UriKind.Relative), TestContext.Current.CancellationToken);
        await using var file = new MemoryStream(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        answer.Content.Headers.ContentDisposition!.FileName.Should().Be("settlement-2026-03-01-2026-03-31.xlsx");
        var rows = MiniExcelLibs.MiniExcel.Query(file, useHeaderRow: true).Cast<IDictionary<string, object?>>().ToList();
        rows.Should().HaveCount(2);
        rows[1].Select(c => $"{c.Key}={c.Value}").Should().Contain(["meter=video.view", "title==1+1", $"payee_id={_ann.UserId}"]);
        rows[1]["posting_date"].Should().Be(new DateTime(2026, 3, 10));
        rows[1]["quantity"].Should().Be(550_000.0);
        rows[1]["exact_amount"].Should().Be(605_000.3);
        rows[1]["amount"].Should().Be(605_000.0);
        using var zip = new System.IO.Compression.ZipArchive(file);
        using var sheet = new StreamReader(
            zip.Entries.Single(e => e.FullName.Contains("worksheets/sheet", StringComparison.Ordinal)).Open());
        (await sheet.ReadToEndAsync(TestContext.Current.CancellationToken)).Should().NotContain("<x:f>").And.NotContain("<f>");
    }

    [Fact]
    public async Task Earnings_and_titles_of_a_deleted_account_stay()
    {
        (await _ann!.SendAsync(HttpMethod.Delete, "/api/users/me", new { password = PlatformUnderTest.Password })).Should(204);

        var report = (await _admin!.GetAsync($"/api/settlement?payee={_ann.UserId}")).Should(200).Json.GetProperty("report");
        report.GetProperty("total").GetDecimal().Should().Be(16_905_010);
        report.GetProperty("videos").EnumerateArray().Single().GetProperty("title").GetString().Should().Be("=1+1");
        (await Platform.Anonymous.GetAsync($"/api/videos/{_video}")).ShouldBeProblem(404);
    }
}
