using System.Net;
using System.Net.Http.Headers;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Uploads;

/// <summary>Responses with uploaded files: ranges, caching and headers.</summary>
public sealed class ServedFileTests(SqliteUploadHost host) : IClassFixture<SqliteUploadHost>
{
    private AuthenticationHeaderValue? _owner;

    private PlatformUnderTest Platform => host.Platform;

    [Theory]
    [InlineData("bytes=0-99", 206, 0, 100)]
    [InlineData("bytes=100-", 206, 100, -1)]
    [InlineData("bytes=-10", 206, -10, 10)]
    [InlineData("bytes=0-999999999", 206, 0, -1)]
    [InlineData("bytes=5-2", 200, 0, -1)]
    [InlineData("bytes=0-1,5-6", 200, 0, -1)]
    [InlineData("bytes=999999999-", 416, 0, 0)]
    public async Task Ranges_of_a_file_are_served(string range, int status, int first, int count)
    {
        var address = await PublishAsync("public");

        using var answer = await ReadAsync(address, ("Range", range));

        ((int)answer.StatusCode).Should().Be(status);
        var all = SampleFiles.WebM;
        if (status == 416)
        {
            answer.Content.Headers.ContentRange!.ToString().Should().Be($"bytes */{all.Length}");
            return;
        }

        first = first < 0 ? all.Length + first : first;
        count = count < 0 ? all.Length - first : count;
        (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Should()
            .Equal(all.AsSpan(first, count).ToArray());
        answer.Headers.AcceptRanges.Should().Equal("bytes");
        if (status == 206)
            answer.Content.Headers.ContentRange!.ToString().Should().Be($"bytes {first}-{first + count - 1}/{all.Length}");
    }

    [Fact]
    public async Task If_Range_and_If_None_Match_compare_the_entity_tag()
    {
        var address = await PublishAsync("public");
        using var first = await ReadAsync(address);
        var tag = first.Headers.ETag!.ToString();

        using var same = await ReadAsync(address, ("Range", "bytes=0-9"), ("If-Range", tag));
        using var other = await ReadAsync(address, ("Range", "bytes=0-9"), ("If-Range", "\"other\""));
        using var known = await ReadAsync(address, ("If-None-Match", tag));

        same.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        other.StatusCode.Should().Be(HttpStatusCode.OK);
        known.StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("public", "public, no-cache")]
    [InlineData("unlisted", "public, no-cache")]
    [InlineData("private", "no-cache, private")]
    public async Task Files_have_their_type_and_are_stored_by_caches_only_with_a_check(string visibility, string caching)
    {
        var address = await PublishAsync(visibility);

        using var answer = await ReadAsync(address);

        answer.Content.Headers.ContentType!.ToString().Should().Be("video/webm");
        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        answer.Headers.GetValues("Content-Security-Policy").Single().Should().Contain("default-src 'none'").And.EndWith("sandbox");
        answer.Headers.GetValues("Cross-Origin-Resource-Policy").Should().Equal("same-origin");
        answer.Headers.CacheControl!.ToString().Should().Be(caching);
        answer.Content.Headers.LastModified.Should().NotBeNull();
    }

    [Theory]
    [InlineData("/api/uploads/../../appsettings.json")]
    [InlineData("/api/uploads/..%2F..%2Fappsettings.json")]
    [InlineData("/api/uploads/%2Fetc%2Fpasswd")]
    [InlineData("/api/uploads/..")]
    [InlineData("/api/uploads/00000000000000000000000000000000.svg")]
    [InlineData("/api/uploads/00000000000000000000000000000000.mp4.part")]
    [InlineData("/api/uploads/00000000000000000000000000000000.mp4")]
    [InlineData("/api/uploads/0000000000000000000000000000000%EF%BC%90.mp4")]
    [InlineData("/api/uploads/C:%5Cwindows%5Cwin.ini")]
    public async Task Other_names_are_never_a_path(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{Platform.Address.AbsoluteUri.TrimEnd('/')}{path}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var answer = await Platform.Anonymous.Http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.Should().BeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Unauthorized);
    }

    private async Task<string> PublishAsync(string visibility)
    {
        var creator = await Platform.LogInAsync("creator");
        var source = await creator.AddFileAsync(SampleFiles.WebM, "video/webm");
        (await creator.PostAsync("/api/videos", new { title = "V", lengthSeconds = 6, source, visibility })).Should(201);
        _owner = creator.Http.DefaultRequestHeaders.Authorization;
        return source;
    }

    private async Task<HttpResponseMessage> ReadAsync(string address, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative));
        request.Headers.Authorization = _owner;
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Platform.Anonymous.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
