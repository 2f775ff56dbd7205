using Settlement.Calendars;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Playback;

/// <summary>Several hosts of one database, and a host of a newer program.</summary>
public abstract partial class PlaybackContract
{
    [Fact]
    public async Task A_start_that_is_sent_to_two_hosts_at_once_is_one_play()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        for (var round = 0; round < 10; round++)
        {
            platform.Clock.Advance(TimeSpan.FromMinutes(1));
            var playId = Guid.NewGuid();
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(n =>
                (n % 2 == 0 ? platform : other).Anonymous.PostAsync($"/api/videos/{video}/plays", new { playId })));

            foreach (var answer in answers)
                answer.Should(201).Json.GetProperty("play").GetProperty("playId").GetString().Should().Be(playId.ToString("N"));
        }

        (await CloseAsync(platform)).Should().BeEquivalentTo(new Dictionary<string, long> { [$"video.view {video}"] = 10 });
    }

    [Fact]
    public async Task Many_starts_at_once_on_two_hosts_are_one_view_of_each_viewer()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewers = new List<ApiClient>();
        for (var i = 0; i < 4; i++)
            viewers.Add(await platform.LogInAsync());

        var starts = viewers.SelectMany(viewer => Enumerable.Range(0, 10).Select(n => BeginAsync(n % 2 == 0 ? viewer : At(other, viewer), video)));
        var plays = await Task.WhenAll(starts);

        plays.Count(p => p.IsCounted).Should().Be(4);
        (await CloseAsync(platform)).Should().BeEquivalentTo(new Dictionary<string, long> { [$"video.view {video}"] = 4 });
    }

    [Fact]
    public async Task A_report_waits_for_another_host_that_holds_its_play_and_then_goes_on_from_there()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewer = await platform.LogInAsync();
        var play = await BeginAsync(viewer, video);
        platform.Clock.Advance(TimeSpan.FromSeconds(30));

        var late = await HoldAsync(
            platform,
            async sql => (await PlayTable.LockAsync(sql, [play.Id])).Single(),
            () => ReportAsync(At(other, viewer), play.Id, 4, 20),
            (sql, held) => PlayTable.UpdateAsync(sql, [held with { Sequence = 5 }]));

        late.Should(200).Json.GetProperty("sequence").GetInt64().Should().Be(5, "an older report changes nothing");
        (await FurthestAsync(viewer, play.Id)).Should().Be(0);
    }

    [Fact]
    public async Task A_start_waits_for_another_host_that_begins_a_play_of_the_same_two_and_then_does_not_count()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewer = await platform.LogInAsync();
        var viewing = new Viewing { Viewer = $"user:{viewer.UserId}", VideoId = video, CountedAt = UnixMicroseconds.From(platform.Clock.GetUtcNow()) };

        var late = await HoldAsync(
            platform,
            sql => PlayTable.LockViewingsAsync(sql, [(viewing.Viewer, viewing.VideoId)]),
            () => BeginAsync(At(other, viewer), video),
            (sql, _) => PlayTable.UpdateAsync(sql, [viewing]));

        late.IsCounted.Should().BeFalse("the other one's counts");
    }

    /// <summary>Locks and changes something in one transaction, in whose middle something else is asked for: that has to wait for its end.</summary>
    private static async Task<TLate> HoldAsync<T, TLate>(
        PlatformUnderTest platform, Func<Sql, Task<T>> hold, Func<Task<TLate>> ask, Func<Sql, T, Task> change)
    {
        var (held, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = platform.Service<PlatformDatabase>().WriteAsync(
            async sql =>
            {
                var what = await hold(sql);
                held.SetResult();
                await release.Task;
                await change(sql, what);
            },
            CancellationToken.None);
        await held.Task;
        var late = ask();
        await Task.WhenAny(late, Task.Delay(500));
        var waits = !late.IsCompleted;
        release.SetResult();
        await first;
        waits.Should().BeTrue("it would work on what the first is about to change");
        return await late;
    }

    [Fact]
    public async Task An_upgrade_of_the_schema_keeps_where_to_go_on_also_when_it_was_cut_off()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewer = await platform.LogInAsync();
        await PlayAsync(platform, viewer, (await BeginAsync(viewer, video)).Id, to: 320, stop: true);
        (await BeginAsync(viewer, video)).IsCounted.Should().BeTrue();
        await using var other = await platform.StartAnotherAsync();
        var database = platform.Service<PlatformDatabase>();

        // As it was before number 4; two hosts do it at once; then as when a host died before it could record that it was done.
        await database.WriteAsync(sql => TurnBackAsync(sql, database is MySqlPlatformDatabase ? "MySql" : "Sqlite"), CancellationToken.None);
        await Task.WhenAll(new[] { platform, other }.Select(p => p.Service<PlatformDatabase>().ApplySchemaAsync(p.Clock, CancellationToken.None)));
        await database.WriteAsync(sql => sql.ExecuteAsync("DELETE FROM platform_schema WHERE number >= 4"), CancellationToken.None);
        await database.ApplySchemaAsync(platform.Clock, CancellationToken.None);

        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        var resumed = await BeginAsync(viewer, video);
        (resumed.Position, resumed.IsCounted).Should().Be((320, false), "the last play that counted began a second ago");
        (await database.HasSchemaAsync(CancellationToken.None)).Should().BeTrue();

        static async Task TurnBackAsync(Sql sql, string engine)
        {
            using var file = new StreamReader(typeof(PlatformDatabase).Assembly.GetManifestResourceStream($"Settlement.SampleHost.Database.Schema.{engine}.0001_platform.sql")!);
            var create = (await file.ReadToEndAsync()).ReplaceLineEndings("\n").Split(";\n").Single(s => s.Contains("viewings (", StringComparison.Ordinal));
            await sql.ExecuteAsync("ALTER TABLE viewings RENAME TO viewings_of_4");
            await sql.ExecuteAsync(create);
            await sql.ExecuteAsync("INSERT INTO viewings (video_id, viewer, resume_ms, play_id, counted_at) SELECT video_id, viewer, 320000, play_id, counted_at FROM viewings_of_4");
            await sql.ExecuteAsync("DROP TABLE viewings_of_4");
            await sql.ExecuteAsync("DELETE FROM platform_schema WHERE number >= 4");
        }
    }

    private static ApiClient At(PlatformUnderTest host, ApiClient viewer)
    {
        var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.Authorization = viewer.Http.DefaultRequestHeaders.Authorization;
        return new ApiClient(http);
    }
}
