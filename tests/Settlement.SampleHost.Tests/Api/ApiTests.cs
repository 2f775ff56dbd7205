using System.Text.Json;

namespace Settlement.SampleHost.Tests.Api;

public sealed class ApiTests : IAsyncLifetime
{
    private PlatformUnderTest? _platform;

    private PlatformUnderTest Platform => _platform!;

    public async ValueTask InitializeAsync() => _platform = await PlatformUnderTest.StartAsync();

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    [Fact]
    public async Task A_write_with_a_key_is_done_once_and_answered_alike()
    {
        var creator = await Platform.LogInAsync("creator");
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var body = new { title = "Once", lengthSeconds = 10 };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => creator.PostAsync("/api/videos", body, key)));
        var again = await creator.PostAsync("/api/videos", body, key);

        answers.Should().OnlyContain(a => a.Status == 201 || a.Status == 409, "the first may be under way still");
        again.Should(201).Headers.Should().Contain("Idempotency-Replayed", "true").And.ContainKey("Location");
        (await VideosAsync(creator)).Should().Be(1);
        (await creator.PostAsync("/api/videos", new { title = "Other", lengthSeconds = 10 }, key)).ShouldBeProblem(422, "new key");
        (await creator.PostAsync("/api/videos", body, ("Idempotency-Key", new string('x', 201)))).ShouldBeProblem(400, "200");
        (await (await Platform.LogInAsync("creator")).PostAsync("/api/videos", body, key)).Should(201).Headers.Should().NotContainKey("Idempotency-Replayed");

        Platform.Clock.Advance(TimeSpan.FromHours(25));
        await creator.AuthorizeAsync(PlatformUnderTest.Password);
        (await creator.PostAsync("/api/videos", body, key)).Should(201).Headers.Should().NotContainKey("Idempotency-Replayed", "a key is kept for a day");
        (await VideosAsync(creator)).Should().Be(2);
    }

    [Fact]
    public async Task A_refused_write_may_be_tried_again_with_its_key()
    {
        var creator = await Platform.LogInAsync("creator");
        var key = ("Idempotency-Key", "refused");

        (await creator.PostAsync("/api/videos", new { title = "", lengthSeconds = 10 }, key)).ShouldBeProblem(400);
        (await creator.PostAsync("/api/videos", new { title = "", lengthSeconds = 10 }, key)).ShouldBeProblem(400, "title");
    }

    [Fact]
    public async Task A_token_is_never_kept_for_a_key()
    {
        var ann = await Platform.LogInAsync();
        var login = new { email = ann.Email, password = PlatformUnderTest.Password };

        var first = await Platform.Anonymous.PostAsync("/api/users/token", login, ("Idempotency-Key", "k"));
        var second = await Platform.Anonymous.PostAsync("/api/users/token", login, ("Idempotency-Key", "k"));

        second.Should(200).Text.Should().NotBe(first.Text);
    }

    [Fact]
    public async Task The_api_is_described_with_every_endpoint_and_how_to_log_in()
    {
        var document = (await Platform.Anonymous.GetAsync("/openapi/v1.json")).Should(200).Json;

        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (Name: $"{o.Name.ToUpperInvariant()} {p.Name.TrimEnd('/')}", Operation: o.Value))).ToList();
        operations.Select(o => o.Name).Should().BeEquivalentTo(AuthorisationTests.AllEndpoints);
        operations.Should().OnlyContain(o => o.Operation.GetProperty("summary").GetString() != "");
        Secured(document, "/api/ads").Should().BeTrue();
        Secured(document, "/api/videos").Should().BeFalse();
        document.GetRawText().Should().NotContainAny("passwordHash", "securityStamp");

        static bool Secured(JsonElement document, string path) => document.GetProperty("paths").EnumerateObject()
            .First(p => p.Name.TrimEnd('/') == path).Value.GetProperty("get").TryGetProperty("security", out _);
    }

    [Fact]
    public async Task The_reference_page_comes_from_this_host_alone()
    {
        var page = await Platform.Anonymous.GetAsync("/api-reference/");

        page.Should(200).Headers["Content-Type"].Should().StartWith("text/html");
        page.Text.Should().NotContainAny("cdn.", "fonts.");
        var nonce = System.Text.RegularExpressions.Regex.Match(page.Text, "nonce=\"([^\"]+)\"").Groups[1].Value;
        page.Headers["Content-Security-Policy"].Should().Contain($"'nonce-{nonce}'").And.NotContain("script-src 'unsafe-inline'");
        nonce.Should().NotBeEmpty();
    }

    private static async Task<int> VideosAsync(ApiClient creator) =>
        (await creator.GetAsync("/api/videos/own")).Should(200).Json.GetProperty("items").GetArrayLength();
}
