using Settlement.SampleHost.Database;
using Settlement.SampleHost.Notifications;
using Settlement.SampleHost.Tests.Pages;
using Settlement.SampleHost.Tests.Uploads;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>The export of an account's data; for each store.</summary>
public abstract class ExportContract
{
    /// <summary>More rows than a page of the export.</summary>
    private const int Rows = 501;

    private protected abstract Task<string?> MySqlAsync();

    [Fact]
    public async Task An_export_has_everything_of_the_account_and_nothing_of_others_and_no_secrets()
    {
        await using var platform = await PlatformUnderTest.StartAsync(await MySqlAsync(), ("RateLimits:ExportsPerHour", "2"));
        var (ann, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        var (bob, other) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(bob, videoId);
        await platform.ViewAsync(ann, other);
        await platform.CloseDayAsync();
        var table = platform.Service<NotificationTable>();
        await platform.Service<PlatformDatabase>().WriteAsync(
            sql => table.AddAsync(sql, Enumerable.Range(0, Rows - 1).Select(n => new NewNotification(
                ann.UserId, NotificationKind.DayClosed, $"day {n}", new DateOnly(2026, 1, 1).AddDays(n), Amount: n))),
            TestContext.Current.CancellationToken);
        await ann.AuthorizeAsync(PlatformUnderTest.Password);
        var (file, picture) =
            (await ann.AddFileAsync(SampleFiles.Mp4, "video/mp4"), await ann.AddFileAsync(SampleFiles.Png, "image/png"));
        var unused = await ann.AddFileAsync(SampleFiles.Jpeg, "image/jpeg");
        var changed = new
        {
            title = "V", lengthSeconds = 7, source = file, thumbnail = picture, description = "Two\nlines", visibility = "unlisted",
        };
        (await ann.SendAsync(HttpMethod.Put, $"/api/videos/{videoId}", changed)).Should(200);
        await AddRowsAsync(platform, ann.UserId);

        var answer = (await ann.GetAsync("/api/users/me/export")).Should(200);

        answer.Headers["Content-Disposition"].Should().Contain("attachment").And.Contain("settlement-account-2026-03-11.json");
        answer.Headers.Should().NotContainKey("Content-Length", "it is written while it is read");
        var export = answer.Json;
        export.GetProperty("account").GetProperty("email").GetString().Should().Be(ann.Email);
        export.GetProperty("account").GetProperty("roles").EnumerateArray().Select(r => r.GetString()).Should().Equal("creator", "viewer");
        export.GetProperty("logins").GetArrayLength().Should().Be(2, "a refresh token is valid for longer than a day");
        export.GetProperty("notifications").GetArrayLength().Should().Be(Rows);
        Values("knownBrowsers", "deviceId").Should().HaveCount(Rows).And.OnlyHaveUniqueItems();
        Values("videos", "videoId").Should().HaveCount(Rows + 1).And.OnlyHaveUniqueItems();
        var video = export.GetProperty("videos").EnumerateArray().Single(v => v.GetProperty("videoId").GetString() == videoId);
        video.GetProperty("description").GetString().Should().Be("Two\nlines");
        video.GetProperty("visibility").GetString().Should().Be("unlisted");
        video.GetProperty("thumbnail").GetString().Should().Be(picture);
        Values("uploads", "address").Should().BeEquivalentTo(file, picture, unused);
        var upload = export.GetProperty("uploads").EnumerateArray().Single(u => u.GetProperty("address").GetString() == file);
        upload.GetProperty("videoId").GetString().Should().Be(videoId);
        upload.GetProperty("contentType").GetString().Should().Be("video/mp4");
        upload.GetProperty("bytes").GetInt64().Should().Be(SampleFiles.Mp4.Length);
        upload.GetProperty("state").GetString().Should().Be("used");
        upload.GetProperty("createdAt").GetDateTimeOffset().Should().BeCloseTo(platform.Clock.GetUtcNow(), TimeSpan.FromSeconds(1));
        var play = export.GetProperty("plays").EnumerateArray().Should().ContainSingle().Subject;
        play.GetProperty("videoId").GetString().Should().Be(other);
        play.GetProperty("view").GetString().Should().Be("counted");
        var lines = export.GetProperty("settlementLines").EnumerateArray().ToList();
        lines.Sum(l => l.GetProperty("amount").GetDecimal()).Should().Be(1);
        lines.Should().OnlyContain(l => l.GetProperty("payeeId").GetString() == ann.UserId);
        answer.Text.Should().NotContain(bob.Email).And.NotContain("password_hash", "no secrets")
            .And.NotContainAny(await SecretsAsync(platform));

        (await ann.GetAsync("/api/users/me/export")).Should(200);
        (await ann.GetAsync("/api/users/me/export")).ShouldBeProblem(429);
        await bob.AuthorizeAsync(PlatformUnderTest.Password);
        (await bob.GetAsync("/api/users/me/export")).Should(200);

        List<string?> Values(string list, string name) =>
            [.. export.GetProperty(list).EnumerateArray().Select(item => item.GetProperty(name).GetString())];
    }

    private static Task<int> AddRowsAsync(PlatformUnderTest platform, string userId) => platform.Service<PlatformDatabase>().WriteAsync(
        async sql =>
        {
            var ids = Enumerable.Range(0, Rows).Select(n => $"{n:x32}").ToList();
            await DeviceTable.AddAsync(sql, ids.ToDictionary(id => (id, userId), _ => 1L));
            return await sql.ExecuteAsync(
                "INSERT INTO videos (video_id, owner_id, title, length_ms, created_at) VALUES (@id, @userId, 'V', 1000, 1)",
                ids.Select(id => new { id, userId }));
        },
        TestContext.Current.CancellationToken);

    private static async Task<IEnumerable<string>> SecretsAsync(PlatformUnderTest platform) =>
        await platform.Service<PlatformDatabase>().ReadAsync(
            async sql => (await sql.ListAsync<string>("SELECT password_hash FROM users WHERE password_hash IS NOT NULL"))
                .Concat(await sql.ListAsync<string>("SELECT security_stamp FROM users")),
            TestContext.Current.CancellationToken);
}

public sealed class SqliteExportTests : ExportContract
{
    private protected override Task<string?> MySqlAsync() => Task.FromResult<string?>(null);
}

public sealed class MySqlExportTests(MySqlForApi server) : ExportContract
{
    private protected override async Task<string?> MySqlAsync() => await server.CreateAsync();
}
