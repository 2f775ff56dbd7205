using Settlement.SampleHost.Database;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Playback;

/// <summary>Several instances on one database, and schema upgrades.</summary>
public abstract partial class PlaybackContract
{
    [Fact]
    public async Task Concurrent_starts_of_one_id_on_two_instances_are_one_play()
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
            var from = (int)answers[0].Json.GetProperty("play").GetProperty("positionSeconds").GetDecimal();
            (await ViewAsync(platform, platform.Anonymous, playId.ToString(), from)).Should().Be("counted");
        }

        (await CloseAsync(platform)).Should().BeEquivalentTo(
            new Dictionary<string, long> { [$"video.view {video}"] = 10, [$"video.seconds {video}"] = 30 });
    }

    [Fact]
    public async Task Concurrent_starts_on_two_instances_leave_one_view_per_viewer()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewers = new List<ApiClient>();
        for (var i = 0; i < 4; i++)
            viewers.Add(await platform.LogInAsync());

        var starts = viewers.SelectMany(
            viewer => Enumerable.Range(0, 10).Select(n => BeginAsync(n % 2 == 0 ? viewer : At(other, viewer), video)));
        var plays = await Task.WhenAll(starts);

        platform.Clock.Advance(TimeSpan.FromSeconds(3));
        var reports = await Task.WhenAll(plays.Select((p, n) => ReportAsync(viewers[n / 10], p.Id, 1, 3)));

        reports.Count(r => r.Status == 200).Should().Be(4, "all others are replaced");
        reports.Where(r => r.Status != 200).Should().OnlyContain(r => r.Status == 409);
        (await CloseAsync(platform)).Should().BeEquivalentTo(
            new Dictionary<string, long> { [$"video.view {video}"] = 4, [$"video.seconds {video}"] = 12 });
    }

    [Fact]
    public async Task A_report_waits_for_another_instance_that_has_locked_its_play()
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
            (sql, held) => sql.WriteAsync(PlayTable.Update([held with { Sequence = 5 }])));

        late.Should(200).Json.GetProperty("sequence").GetInt64().Should().Be(5, "an older report changes nothing");
        (await FurthestAsync(viewer, play.Id)).Should().Be(0);
    }

    [Fact]
    public async Task A_start_waits_for_a_concurrent_start_of_the_same_viewer_and_video()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewer = await platform.LogInAsync();
        var viewing = new Viewing
        {
            Viewer = $"user:{viewer.UserId}", VideoId = video, CountedAt = UnixMicroseconds.From(
            platform.Clock.GetUtcNow())
        };

        var late = await HoldAsync(
            platform,
            sql => PlayTable.LockViewingsAsync(sql, [(viewing.Viewer, viewing.VideoId)]),
            () => BeginAsync(At(other, viewer), video),
            (sql, _) => sql.WriteAsync(PlayTable.Update([viewing])));

        (await ViewAsync(platform, viewer, late.Id)).Should().Be("repeated", "the view of the other instance is counted");
    }

    /// <summary>Locks and changes rows in a transaction, and asserts that a concurrent request waits for its commit.</summary>
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
        waits.Should().BeTrue("it would read rows that the first transaction is about to change");
        return await late;
    }

    [Fact]
    public async Task An_interrupted_schema_upgrade_keeps_resume_positions()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewer = await platform.LogInAsync();
        await PlayAsync(platform, viewer, (await BeginAsync(viewer, video)).Id, to: 320, stop: true);
        (await ViewAsync(platform, viewer, (await BeginAsync(viewer, video)).Id, from: 320)).Should().Be("counted");
        await using var other = await platform.StartAnotherAsync();
        var database = platform.Service<PlatformDatabase>();

        // Restores the schema before file 4 and upgrades it concurrently; then removes the records, as if an instance had died before
        // recording.
        await database.WriteAsync(
            sql => DowngradeAsync(sql, database is MySqlPlatformDatabase ? "MySql" : "Sqlite"), CancellationToken.None);
        await Task.WhenAll(new[] { platform, other }.Select(
            p => p.Service<PlatformDatabase>().ApplySchemaAsync(p.Clock, CancellationToken.None)));
        await database.WriteAsync(
            sql => sql.ExecuteAsync(
                $"DELETE FROM platform_schema WHERE number >= 4 {(database is MySqlPlatformDatabase ? "" : "AND number <= 5")}"),
            CancellationToken.None);
        await database.ApplySchemaAsync(platform.Clock, CancellationToken.None);

        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await viewer.AuthorizeAsync(PlatformUnderTest.Password); // the downgrade deleted the login sessions
        var resumed = await BeginAsync(viewer, video);
        resumed.Position.Should().Be(323);
        (await ViewAsync(platform, viewer, resumed.Id, from: 323)).Should().Be("repeated", "the last counted view was four seconds ago");
        (await database.HasSchemaAsync(CancellationToken.None)).Should().BeTrue();

        static async Task DowngradeAsync(Sql sql, string engine)
        {
            using var file = new StreamReader(
                typeof(PlatformDatabase).Assembly.GetManifestResourceStream(
                $"Settlement.SampleHost.Database.Schema.{engine}.0001_platform.sql")!);
            var create = (await file.ReadToEndAsync()).ReplaceLineEndings("\n").Split(";\n").Single(
                s => s.Contains("viewings (", StringComparison.Ordinal));
            await sql.ExecuteAsync("ALTER TABLE viewings RENAME TO viewings_of_4");
            await sql.ExecuteAsync(create);
            await sql.ExecuteAsync(
                """
                INSERT INTO viewings (video_id, viewer, resume_ms, play_id, counted_at)
                SELECT v.video_id, v.viewer, 320000, v.play_id, p.viewed_at FROM viewings_of_4 v JOIN plays p ON p.play_id = v.play_id
                    WHERE v.video_id <> ''
                """);
            await sql.ExecuteAsync("DROP TABLE viewings_of_4");
            if (engine == "MySql")
            {
                await sql.ExecuteAsync(
                    "ALTER TABLE plays CHANGE view_state is_counted BIGINT NOT NULL, DROP COLUMN viewed_at, DROP COLUMN counted_before");
            }
            else
            {
                await sql.ExecuteAsync("ALTER TABLE plays RENAME COLUMN view_state TO is_counted");
                await sql.ExecuteAsync("ALTER TABLE plays DROP COLUMN viewed_at");
                await sql.ExecuteAsync("ALTER TABLE plays DROP COLUMN counted_before");
                await sql.ExecuteAsync("ALTER TABLE closes DROP COLUMN cancelled_by");
                foreach (var column in (string[])["description", "visibility", "thumbnail"])
                    await sql.ExecuteAsync($"ALTER TABLE videos DROP COLUMN {column}");
            }

            foreach (var table in (string[])["user_devices", "sessions", "login_failures", "mail_tokens", "notifications", "settings",
                "corrections", "audit", "uploads", "usage_outbox"])
                await sql.ExecuteAsync($"DROP TABLE {table}");
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
