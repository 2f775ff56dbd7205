using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Uploads;

namespace Settlement.SampleHost.Tests.Uploads;

/// <summary>Receiving files, with hostile input, and their use by videos.</summary>
public abstract class UploadContract(UploadHost host)
{
    private PlatformUnderTest Platform => host.Platform;

    public static TheoryData<string, string, byte[]> Accepted() => new()
    {
        { "video/webm", ".webm", SampleFiles.WebM },
        { "video/webm;codecs=vp8", ".webm", SampleFiles.LiveWebM },
        { "video/mp4", ".mp4", SampleFiles.Mp4 },
        { "image/jpeg", ".jpg", SampleFiles.Jpeg },
        { "image/png", ".png", SampleFiles.Png },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_file_is_stored_under_a_name_that_the_server_chooses(string contentType, string extension, byte[] file)
    {
        var creator = await Platform.LogInAsync("creator");

        var answer = (await creator.UploadAsync(file, contentType, isChunked: file.Length % 2 == 0, "../../etc/passwd.svg")).Should(201);

        var address = answer.Json.GetProperty("address").GetString()!;
        address.Should().MatchRegex($"^/api/uploads/[0-9a-f]{{32}}\\{extension}$").And.Be(answer.Headers["Location"]);
        (await File.ReadAllBytesAsync(PathOf(address), TestContext.Current.CancellationToken)).Should().Equal(file);
        (await creator.UsedAsync()).Should().Be(file.Length);
        (await Platform.Anonymous.GetAsync(address)).ShouldBeProblem(404);
        (await (await Platform.LogInAsync("creator", "admin")).GetAsync(address)).ShouldBeProblem(404);
        (await creator.Http.GetByteArrayAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken)).Should()
            .Equal(file);
    }

    public static TheoryData<string, string?, byte[], int> Rejected()
    {
        var svg = SampleFiles.Text("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>");
        var twoFiles = SampleFiles.Text("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\r\n\r\nx\r\n--x--\r\n");
        return new()
        {
            { "SVG as MP4", "video/mp4", svg, 415 },
            { "SVG as PNG", "image/png", svg, 415 },
            { "SVG", "image/svg+xml", svg, 415 },
            { "HTML as WebM", "video/webm", SampleFiles.Text("<!doctype html><script>alert(1)</script>"), 415 },
            { "WebM as MP4", "video/mp4", SampleFiles.WebM, 415 },
            { "MP4 as PNG", "image/png", SampleFiles.Mp4, 415 },
            { "Matroska", "video/webm", SampleFiles.Matroska, 415 },
            { "QuickTime", "video/mp4", SampleFiles.MakeMp4("qt  "), 415 },
            { "AVIF", "video/mp4", SampleFiles.MakeMp4("avif"), 415 },
            { "no content type", null, SampleFiles.Mp4, 415 },
            { "octets", "application/octet-stream", SampleFiles.Mp4, 415 },
            { "a form", "multipart/form-data; boundary=x", twoFiles, 415 },
            { "empty", "video/mp4", [], 400 },
            { "three bytes", "video/webm", SampleFiles.WebM[..3], 415 },
            { "header of WebM only", "video/webm", SampleFiles.WebM[..0x24], 422 },
            { "header of MP4 only", "video/mp4", SampleFiles.Mp4[..24], 422 },
            { "truncated WebM", "video/webm", SampleFiles.WebM[..^1], 422 },
            { "truncated live WebM", "video/webm", SampleFiles.LiveWebM[..0x100], 422 },
            { "truncated MP4", "video/mp4", SampleFiles.Mp4[..^1], 422 },
            { "MP4 without data", "video/mp4", SampleFiles.Mp4[..^508], 422 },
            {
                "MP4 with an endless box", "video/mp4",
                [.. SampleFiles.Mp4, 0, 0, 0, 1, .. "free"u8, .. Enumerable.Repeat((byte)0xFF, 8)], 422
            },
            { "MP4 with a box of length 4", "video/mp4", [.. SampleFiles.Mp4, 0, 0, 0, 4, .. "free"u8], 422 },
            { "truncated JPEG", "image/jpeg", SampleFiles.Jpeg[..^1], 422 },
            { "JPEG without a frame", "image/jpeg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 2, 0xFF, 0xD9, 0, 0, 0, 0, 0xFF, 0xD9], 422 },
            { "truncated PNG", "image/png", SampleFiles.Half(SampleFiles.Png), 422 },
            { "PNG of 100,000 pixels", "image/png", SampleFiles.MakePng(100_000), 422 },
            { "PNG of 0 pixels", "image/png", SampleFiles.MakePng(0), 422 },
            { "large thumbnail", "image/png", [.. SampleFiles.Png, .. new byte[UploadHost.ThumbnailBytesMax]], 413 },
            { "large video", "video/mp4", SampleFiles.MakeMp4("isom", UploadHost.VideoBytesMax), 413 },
        };
    }

    [Fact]
    public async Task Files_of_other_content_and_damaged_or_large_files_are_rejected_and_nothing_remains()
    {
        var creator = await Platform.LogInAsync("creator");
        var before = Files();

        foreach (var (name, contentType, file, status) in Rejected().Select(r => r.Data))
        {
            foreach (var isChunked in (bool[])[false, true])
            {
                var answer = await creator.UploadAsync(file, contentType, isChunked);
                answer.Status.Should().Be(status, "{0}: {1}", name, answer.Text);
                answer.ShouldBeProblem(status);
            }
        }

        (await creator.UsedAsync()).Should().Be(0);
        Files().Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task Concurrent_uploads_do_not_exceed_the_quota()
    {
        var creator = await Platform.LogInAsync("creator");
        var file = SampleFiles.MakeMp4("mp42", 24_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => creator.UploadAsync(file, "video/mp4")));

        answers.Select(a => a.Status).Order().Should().Equal(201, 201, 413, 413, 413, 413);
        answers.First(a => a.Status == 413).ShouldBeProblem(413, "Storage is full", $"{UploadHost.QuotaBytes}");
        (await creator.UsedAsync()).Should().Be(2 * file.Length);
        (await (await Platform.LogInAsync("creator")).UploadAsync(file, "video/mp4")).Should(201);
    }

    [Fact]
    public async Task An_interrupted_upload_leaves_nothing()
    {
        var creator = await Platform.LogInAsync("creator");
        var before = Files();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(Platform.Address.Host, Platform.Address.Port, TestContext.Current.CancellationToken);
            var head = $"POST /api/uploads HTTP/1.1\r\nHost: {Platform.Address.Authority}\r\nContent-Type: video/webm\r\n"
                + $"Content-Length: {SampleFiles.WebM.Length}\r\n"
                + $"Authorization: {creator.Http.DefaultRequestHeaders.Authorization}\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync(SampleFiles.WebM.AsMemory(0, 5_000), TestContext.Current.CancellationToken);
            await Waiting.UntilAsync(async () => await creator.UsedAsync() > 0 && Files().Count > before.Count);
            (await creator.UsedAsync()).Should().Be(SampleFiles.WebM.Length, "the size is reserved");
        }

        await Waiting.UntilAsync(async () => await creator.UsedAsync() == 0);
        Files().Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task An_upload_whose_reservation_expired_is_rejected_and_nothing_remains()
    {
        var creator = await Platform.LogInAsync("creator");
        var before = Files();
        var file = SampleFiles.MakeMp4("mp42", 24_000);
        var pipe = new Pipe();
        using var content = new StreamContent(pipe.Reader.AsStream());
        content.Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        var sending = creator.Http.PostAsync(new Uri("/api/uploads", UriKind.Relative), content, TestContext.Current.CancellationToken);
        await pipe.Writer.WriteAsync(file.AsMemory(0, 12_000), TestContext.Current.CancellationToken);
        await Waiting.UntilAsync(() => Task.FromResult(Files().Except(before).Any()));

        Platform.Clock.Advance(TimeSpan.FromHours(25));
        await Platform.Service<UploadStore>().CleanUpAsync(TestContext.Current.CancellationToken);
        await pipe.Writer.WriteAsync(file.AsMemory(12_000), TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync();
        using var answer = await sending;

        ((int)answer.StatusCode).Should().Be(409);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("Upload took too long");
        Files().Should().BeSubsetOf(before);
        await creator.AuthorizeAsync(PlatformUnderTest.Password);
        (await creator.UsedAsync()).Should().Be(0);
        var error = UploadErrors.TooSlow();
        foreach (var language in JsonStringLocalizer.Languages)
            Platform.Service<JsonStringLocalizer>().Of(language).Should().ContainKeys($"problem.{error.Title}", $"problem.{error.Detail.Format}");
    }

    [Fact]
    public async Task A_file_is_used_by_one_video_of_its_owner_and_only_as_what_it_is()
    {
        var (creator, other) = (await Platform.LogInAsync("creator"), await Platform.LogInAsync("creator"));
        var video = await creator.AddFileAsync(SampleFiles.WebM, "video/webm");
        var picture = await creator.AddFileAsync(SampleFiles.Png, "image/png");

        await RejectAsync(other, video, null, "source");
        await RejectAsync(creator, picture, null, "source");
        await RejectAsync(creator, null, video, "thumbnail");
        await RejectAsync(creator, null, "https://elsewhere.example/x.png", "thumbnail");
        await RejectAsync(creator, "/api/uploads/../../appsettings.json", null, "source");
        await RejectAsync(creator, $"{video}?x", null, "source");
        await RejectAsync(creator, Upload.PathPrefix + new string('0', 32) + ".mp4", null, "source");
        var saved = await SaveAsync(creator, video, picture);
        saved.Should(201).Json.GetProperty("thumbnail").GetString().Should().Be(picture);
        await RejectAsync(creator, video, null, "source");
        (await creator.SendAsync(HttpMethod.Put, saved.Headers["Location"], new { title = "V", lengthSeconds = 7, source = video }))
            .Should(200).Json.GetProperty("thumbnail").GetString().Should().Be(picture, "a missing property stays");

        // Viewers of an ad could not read it.
        var admin = await Platform.LogInAsync("creator", "admin");
        var own = await admin.AddFileAsync(SampleFiles.WebM, "video/webm");
        foreach (var source in (string[])[video, own, $"{own}?x"])
        {
            (await admin.PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 15, source })).Should(400).Json
                .GetProperty("errors").EnumerateObject().Select(e => e.Name).Should().Equal("source");
        }

        static async Task RejectAsync(ApiClient client, string? source, string? thumbnail, string field) =>
            (await SaveAsync(client, source, thumbnail)).Should(400).Json.GetProperty("errors").EnumerateObject().Select(e => e.Name)
                .Should().Equal(field);
    }

    [Fact]
    public async Task Abandoned_replaced_and_deleted_files_are_cleaned_up_and_used_ones_stay()
    {
        var creator = await Platform.LogInAsync("creator");
        var store = Platform.Service<UploadStore>();
        var abandoned = await creator.AddFileAsync(SampleFiles.Png, "image/png");
        var files = new List<string>();
        for (var n = 0; n < 3; n++)
            files.Add(await creator.AddFileAsync(SampleFiles.Mp4, "video/mp4"));
        var saved = new List<string>();
        foreach (var file in files)
            saved.Add((await SaveAsync(creator, file, null)).Should(201).Headers["Location"]);
        var orphan = Upload.PathPrefix + new string('a', 32) + ".mp4";
        await File.WriteAllBytesAsync(PathOf(orphan), SampleFiles.Mp4, TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(PathOf(orphan), Platform.Clock.GetUtcNow().UtcDateTime.AddDays(-2));
        var foreign = Path.Combine(Platform.UploadFolder, "readme.txt");
        await File.WriteAllTextAsync(foreign, "Not an upload.", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(foreign, Platform.Clock.GetUtcNow().UtcDateTime.AddDays(-2));
        var other = await (await Platform.LogInAsync("creator")).AddFileAsync(SampleFiles.Mp4, "video/mp4");

        (await creator.SendAsync(HttpMethod.Put, saved[1], new { title = "V", lengthSeconds = 7 })).Should(200);
        (await creator.SendAsync(HttpMethod.Delete, saved[2])).Should(204);
        (await creator.UsedAsync()).Should().Be(SampleFiles.Png.Length + SampleFiles.Mp4.Length, "the others are deleted");
        Exist().Should().Equal([true, true, false, false, true, true], "released files are deleted at once");
        (await creator.GetAsync(files[1])).ShouldBeProblem(404);
        (await creator.GetAsync(files[2])).ShouldBeProblem(404);
        await store.CleanUpAsync(TestContext.Current.CancellationToken);
        Exist().Should().Equal(true, true, false, false, false, true);
        File.Exists(foreign).Should().BeTrue("the names of uploads have another form");

        // The host does it by itself, every hour.
        Platform.Clock.Advance(TimeSpan.FromHours(25));
        await Waiting.UntilAsync(() => Task.FromResult(!File.Exists(PathOf(abandoned)) && !File.Exists(PathOf(other))));
        Exist().Should().Equal(false, true, false, false, false, false);
        await creator.AuthorizeAsync(PlatformUnderTest.Password);
        (await creator.UsedAsync()).Should().Be(SampleFiles.Mp4.Length);
        (await SaveAsync(creator, abandoned, null)).ShouldBeProblem(400, "Upload it again");

        IEnumerable<bool> Exist() => new[] { abandoned, files[0], files[1], files[2], orphan, other }.Select(a => File.Exists(PathOf(a)));
    }

    [Fact]
    public async Task Released_files_count_until_they_are_deleted()
    {
        var creator = await Platform.LogInAsync("creator");
        var file = SampleFiles.MakeMp4("mp42", 24_000);
        var saved = new List<string>();
        for (var n = 0; n < 2; n++)
            saved.Add((await SaveAsync(creator, await creator.AddFileAsync(file, "video/mp4"), null)).Should(201).Headers["Location"]);

        // As after a crash between the commit and the deletion of the files.
        await Platform.Service<PlatformDatabase>().WriteAsync(
            async sql =>
            {
                await UploadTable.UseAsync(sql, saved[0].Split('/')[^1], creator.UserId, source: null, thumbnail: null);
                await UploadTable.ReleaseAsync(sql, saved[1].Split('/')[^1]);
                return 0;
            },
            TestContext.Current.CancellationToken);
        (await creator.UsedAsync()).Should().Be(2 * file.Length);
        (await creator.UploadAsync(file, "video/mp4")).ShouldBeProblem(413, "Storage is full");

        (await Platform.Service<UploadStore>().CleanUpAsync(TestContext.Current.CancellationToken)).Should().BeGreaterThanOrEqualTo(2);
        (await creator.UsedAsync()).Should().Be(0);
        (await creator.UploadAsync(file, "video/mp4")).Should(201);
    }

    private static Task<ApiAnswer> SaveAsync(ApiClient client, string? source, string? thumbnail) =>
        client.PostAsync("/api/videos", new { title = "V", lengthSeconds = 6, source, thumbnail });

    private string PathOf(string address) => Path.Combine(Platform.UploadFolder, address.Split('/')[^1]);

    private List<string> Files() => Directory.Exists(Platform.UploadFolder) ? [.. Directory.EnumerateFiles(Platform.UploadFolder)] : [];
}

public sealed class SqliteUploadTests(SqliteUploadHost host) : UploadContract(host), IClassFixture<SqliteUploadHost>;

public sealed class MySqlUploadTests(MySqlUploadHost host) : UploadContract(host), IClassFixture<MySqlUploadHost>;
