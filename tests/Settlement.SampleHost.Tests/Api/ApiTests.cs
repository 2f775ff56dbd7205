using System.Text.Json;

namespace Settlement.SampleHost.Tests.Api;

public sealed class ApiTests : IAsyncLifetime
{
    private PlatformUnderTest? _platform;

    private PlatformUnderTest Platform => _platform!;

    public async ValueTask InitializeAsync() => _platform = await PlatformUnderTest.StartAsync();

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    [Fact]
    public async Task A_write_with_an_idempotency_key_is_executed_once_and_its_response_replayed()
    {
        var creator = await Platform.LogInAsync("creator");
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var body = new { title = "Once", lengthSeconds = 10 };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => creator.PostAsync("/api/videos", body, key)));
        var again = await creator.PostAsync("/api/videos", body, key);

        answers.Should().OnlyContain(a => a.Status == 201 || a.Status == 409, "the first request may still be in progress");
        again.Should(201).Headers.Should().Contain("Idempotency-Replayed", "true").And.ContainKey("Location");
        (await VideosAsync(creator)).Should().Be(1);
        (await creator.PostAsync("/api/videos", new { title = "Other", lengthSeconds = 10 }, key)).ShouldBeProblem(422, "new key");
        (await creator.PostAsync("/api/videos", body, ("Idempotency-Key", new string('x', 201)))).ShouldBeProblem(400, "200");
        (await (await Platform.LogInAsync("creator")).PostAsync("/api/videos", body, key)).Should(201).Headers.Should()
            .NotContainKey("Idempotency-Replayed");

        Platform.Clock.Advance(TimeSpan.FromHours(25));
        await creator.AuthorizeAsync(PlatformUnderTest.Password);
        (await creator.PostAsync("/api/videos", body, key)).Should(201).Headers.Should().NotContainKey(
            "Idempotency-Replayed", "keys expire after a day");
        (await VideosAsync(creator)).Should().Be(2);
    }

    [Fact]
    public async Task A_rejected_write_can_be_retried_with_its_key()
    {
        var creator = await Platform.LogInAsync("creator");
        var key = ("Idempotency-Key", "refused");

        (await creator.PostAsync("/api/videos", new { title = "", lengthSeconds = 10 }, key)).ShouldBeProblem(400);
        (await creator.PostAsync("/api/videos", new { title = "", lengthSeconds = 10 }, key)).ShouldBeProblem(400, "title");
    }

    [Fact]
    public async Task A_token_is_never_stored_for_a_key()
    {
        var ann = await Platform.LogInAsync();
        var login = new { email = ann.Email, password = PlatformUnderTest.Password };

        var first = await Platform.Anonymous.PostAsync("/api/users/token", login, ("Idempotency-Key", "k"));
        var second = await Platform.Anonymous.PostAsync("/api/users/token", login, ("Idempotency-Key", "k"));

        second.Should(200).Text.Should().NotBe(first.Text);
    }

    [Fact]
    public async Task The_OpenAPI_document_describes_every_endpoint_and_the_login()
    {
        var document = (await Platform.Anonymous.GetAsync("/openapi/v1.json")).Should(200).Json;

        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject()
                .Select(o => (Name: $"{o.Name.ToUpperInvariant()} {p.Name.TrimEnd('/')}", Operation: o.Value))).ToList();
        operations.Select(o => o.Name).Should().BeEquivalentTo(AuthorisationTests.AllEndpoints);
        operations.Should().OnlyContain(o => o.Operation.GetProperty("summary").GetString() != "");
        Secured(document, "/api/ads").Should().BeTrue();
        Secured(document, "/api/videos").Should().BeFalse();
        document.GetRawText().Should().NotContainAny("passwordHash", "securityStamp");

        static bool Secured(JsonElement document, string path) => document.GetProperty("paths").EnumerateObject()
            .First(p => p.Name.TrimEnd('/') == path).Value.GetProperty("get").TryGetProperty("security", out _);
    }

    [Fact]
    public async Task A_missing_body_is_reported_without_type_names()
    {
        var creator = await Platform.LogInAsync("creator");

        foreach (var body in (string[])["null", ""])
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var answer = await creator.Http.PostAsync(
                new Uri("/api/videos", UriKind.Relative), content, TestContext.Current.CancellationToken);
            ((int)answer.StatusCode).Should().Be(400);
            (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should()
                .Contain("needs a body").And.NotContain("Service").And.NotContain("Draft");
        }
    }

    [Fact]
    public async Task Cross_site_requests_cannot_write()
    {
        var creator = await Platform.LogInAsync("creator");
        var video = (await creator.PostAsync("/api/videos", new { title = "V", lengthSeconds = 100 })).Should(201).Headers["Location"];
        var own = Platform.Address.GetLeftPart(UriPartial.Authority);
        var refused = ((string, string)[][])
        [
            [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")],
            [("Sec-Fetch-Site", "same-site"), ("Origin", "https://other.example.com")],
            [("Origin", "https://evil.example")], [("Origin", "http://127.0.0.1:1")], [("Origin", "null")],
        ];

        foreach (var headers in refused)
            (await Platform.Anonymous.PostAsync($"{video}/plays", null, headers)).ShouldBeProblem(403, "Cross-site");
        foreach (var headers in ((string, string)[][])[[], [("Sec-Fetch-Site", "same-origin")],
            [("Sec-Fetch-Site", "none")], [("Origin", own)]])
            (await Platform.Anonymous.PostAsync($"{video}/plays", null, headers)).Should(201);
        (await creator.PostAsync($"{video}/plays", null, ("Origin", "https://app.example"))).Should(201);
        (await Platform.Anonymous.SendAsync(HttpMethod.Get, video, null, ("Sec-Fetch-Site", "cross-site"))).Should(200);
    }

    [Fact]
    public async Task The_reference_page_loads_no_resources_of_other_hosts()
    {
        var page = await Platform.Anonymous.GetAsync("/api-reference/");

        page.Should(200).Headers["Content-Type"].Should().StartWith("text/html");
        page.Text.Should().NotContainAny("cdn.", "fonts.").And.Contain("\"hideClientButton\":true");
        var nonce = System.Text.RegularExpressions.Regex.Match(page.Text, "nonce=\"([^\"]+)\"").Groups[1].Value;
        page.Headers["Content-Security-Policy"].Should().Contain($"'nonce-{nonce}'").And.NotContain("script-src 'unsafe-inline'");
        nonce.Should().NotBeEmpty();
    }

    private static async Task<int> VideosAsync(ApiClient creator) =>
        (await creator.GetAsync("/api/videos/own")).Should(200).Json.GetProperty("items").GetArrayLength();
}
