using System.Net;

namespace Settlement.SampleHost.Tests.Api;

public sealed class UserTests : IAsyncLifetime
{
    private PlatformUnderTest? _platform;

    private PlatformUnderTest Platform => _platform!;

    public async ValueTask InitializeAsync() =>
        _platform = await PlatformUnderTest.StartAsync(settings: ("RateLimits:SignUpsPerHour", "1000"));

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    [Fact]
    public async Task A_new_account_is_a_viewer_even_if_it_requests_other_roles()
    {
        var made = await Platform.Anonymous.PostAsync(
            "/api/users", new
            {
                email = "ann@example.com", password = PlatformUnderTest.Password, displayName = "Ann",
                roles = new[] { "admin" }, role = "admin"
            });

        made.Should(201).Json.GetProperty("roles").EnumerateArray().Select(r => r.GetString()).Should().Equal("viewer");
        made.Text.Should().NotContainAny("hash", "Hash", "stamp", "Stamp", PlatformUnderTest.Password);
        (await Platform.Anonymous.PostAsync(
            "/api/users", new { email = "ANN@example.com", password = PlatformUnderTest.Password, displayName = "Ann" }))
            .ShouldBeProblem(409, "taken");
    }

    [Theory]
    [InlineData("""{"email":"bob@example.com","password":"short","displayName":"Bob"}""", "10")]
    [InlineData("""{"email":"bob","password":"correct horse battery","displayName":"Bob"}""", "bob")]
    [InlineData("""{"email":"bob@example.com","password":"correct horse battery","displayName":" "}""", "1 to 60")]
    [InlineData("""{"email":5}""", "$.email")]
    [InlineData("""{""", "JSON")]
    [InlineData("", "body")]
    public async Task Invalid_sign_ups_are_rejected_with_the_reason(string body, string words)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await Platform.Anonymous.Http.PostAsync(
            new Uri("/api/users", UriKind.Relative), content, TestContext.Current.CancellationToken);

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.Should().Be(HttpStatusCode.BadRequest, text);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        text.Should().Contain(words).And.NotContain("   at ");
    }

    [Fact]
    public async Task Wrong_passwords_limit_only_their_account()
    {
        var ann = await Platform.LogInAsync();
        var bob = await Platform.LogInAsync();

        for (var i = 0; i < 5; i++)
            await Platform.Anonymous.PostAsync("/api/users/token", new { email = ann.Email, password = "wrong wrong wrong" });

        (await Platform.Anonymous.PostAsync("/api/users/token", new { email = ann.Email, password = PlatformUnderTest.Password }))
            .ShouldBeProblem(429, "too many wrong passwords", "Try again in 600 s");
        (await Platform.Anonymous.PostAsync("/api/users/token", new { email = bob.Email, password = PlatformUnderTest.Password }))
            .Should(200);
    }

    [Fact]
    public async Task Unknown_accounts_and_wrong_passwords_get_the_same_message()
    {
        var ann = await Platform.LogInAsync();

        var wrong = await Platform.Anonymous.PostAsync("/api/users/token", new { email = ann.Email, password = "wrong wrong wrong" });
        var unknown = await Platform.Anonymous.PostAsync(
            "/api/users/token", new { email = "nobody@example.com", password = "wrong wrong wrong" });

        wrong.ShouldBeProblem(401, "refused");
        unknown.Json.GetProperty("detail").GetString().Should().Be(wrong.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Logins_are_rate_limited_per_network_address()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: ("RateLimits:LogInsPerMinute", "3"));

        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
            statuses.Add((await platform.Anonymous.PostAsync("/api/users/token", new { email = "x@example.com", password = "x" })).Status);

        statuses.Should().Equal(401, 401, 401, 429);
        var limited = await platform.Anonymous.PostAsync("/api/users/token", new { email = "x@example.com", password = "x" });
        limited.ShouldBeProblem(429, "Try again in");
        limited.Headers.Should().ContainKey("Retry-After");
    }

    [Fact]
    public async Task A_deleted_account_is_rejected_immediately()
    {
        var ann = await Platform.LogInAsync();

        (await ann.SendAsync(HttpMethod.Delete, "/api/users/me", new { password = "wrong wrong wrong" })).ShouldBeProblem(403, "password");
        (await ann.SendAsync(HttpMethod.Delete, "/api/users/me", new { password = PlatformUnderTest.Password })).Should(204);

        (await ann.GetAsync("/api/users/me")).ShouldBeProblem(401);
        (await Platform.Anonymous.PostAsync("/api/users/token", new { email = ann.Email, password = PlatformUnderTest.Password }))
            .Should(401);
        (await Platform.Anonymous.PostAsync(
            "/api/users", new { email = ann.Email, password = PlatformUnderTest.Password, displayName = "Ann" })).Should(201);
    }

    [Fact]
    public async Task An_approved_request_makes_an_account_a_creator_immediately()
    {
        var admin = await Platform.LogInAsync("admin");
        var ann = await Platform.LogInAsync();

        (await ann.PostAsync("/api/users/me/studio-request")).Should(202);
        var requests = await admin.GetAsync("/api/users?onlyRequests=true");
        (await ann.SendAsync(HttpMethod.Put, $"/api/users/{ann.UserId}/roles", new { roles = new[] { "admin" } })).ShouldBeProblem(403);
        (await admin.SendAsync(HttpMethod.Put, $"/api/users/{ann.UserId}/roles", new { roles = new[] { "viewer", "king" } }))
            .ShouldBeProblem(400, "king");
        (await admin.SendAsync(HttpMethod.Put, $"/api/users/{ann.UserId}/roles", new { roles = new[] { "viewer", "creator" } }))
            .Should(200);

        requests.Should(200).Json.GetProperty("items").EnumerateArray().Single().GetProperty("email").GetString().Should().Be(ann.Email);
        (await ann.GetAsync("/api/videos/own")).Should(200);
        (await ann.GetAsync("/api/users/me")).Json.GetProperty("roles").EnumerateArray().Select(r => r.GetString()).Should()
            .Equal("creator", "viewer");
        (await admin.GetAsync("/api/users?onlyRequests=true")).Json.GetProperty("items").GetArrayLength().Should().Be(0);
        (await admin.SendAsync(HttpMethod.Put, $"/api/users/{admin.UserId}/roles", new { roles = new[] { "viewer" } }))
            .ShouldBeProblem(409, "another admin");
    }

    [Fact]
    public async Task Accounts_are_listed_page_by_page()
    {
        var admin = await Platform.LogInAsync("admin");
        for (var i = 0; i < 4; i++)
            await Platform.LogInAsync();

        var ids = new List<string>();
        for (string? after = "", path = "/api/users?count=2"; after is not null; path = $"/api/users?count=2&after={after}")
        {
            var page = (await admin.GetAsync(path)).Should(200).Json;
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(a => a.GetProperty("id").GetString()!));
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        ids.Should().HaveCount(5).And.OnlyHaveUniqueItems();
        (await admin.GetAsync("/api/users?count=201")).ShouldBeProblem(400, "1 to 200");
    }

    [Fact]
    public async Task Writes_by_cookie_need_an_antiforgery_token_and_writes_by_bearer_token_do_not()
    {
        var ann = await Platform.LogInAsync();
        using var browser = new HttpClient(
            new HttpClientHandler { CookieContainer = new CookieContainer() })
        { BaseAddress = Platform.Address };
        var page = new ApiClient(browser);
        var login = new { email = ann.Email, password = PlatformUnderTest.Password };

        (await page.PostAsync("/api/users/session", login)).ShouldBeProblem(400, "X-CSRF-TOKEN");
        var token = (await page.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;
        (await page.PostAsync("/api/users/session", login, ("X-CSRF-TOKEN", token))).Should(204);
        (await page.GetAsync("/api/users/me")).Should(200);
        (await page.PostAsync("/api/users/me/studio-request")).ShouldBeProblem(400, "X-CSRF-TOKEN");
        token = (await page.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;
        (await page.PostAsync("/api/users/me/studio-request", null, ("X-CSRF-TOKEN", token))).Should(202);
        (await page.SendAsync(HttpMethod.Delete, "/api/users/session", null, ("X-CSRF-TOKEN", token))).Should(204);
        (await page.GetAsync("/api/users/me")).Should(401);
        (await ann.PostAsync("/api/users/me/studio-request")).Should(202);
    }

    [Fact]
    public async Task A_refresh_token_renews_an_expired_token()
    {
        var ann = await Platform.LogInAsync();
        var tokens = (await Platform.Anonymous.PostAsync(
            "/api/users/token", new { email = ann.Email, password = PlatformUnderTest.Password })).Json;

        Platform.Clock.Advance(TimeSpan.FromHours(1));
        (await ann.GetAsync("/api/users/me")).ShouldBeProblem(401);
        var renewed = await Platform.Anonymous.PostAsync(
            "/api/users/token/refresh", new { refreshToken = tokens.GetProperty("refreshToken").GetString() });

        renewed.Should(200);
        (await Platform.Anonymous.PostAsync("/api/users/token/refresh", new { refreshToken = "nonsense" })).ShouldBeProblem(401);
    }

    [Fact]
    public async Task Every_response_has_the_security_headers()
    {
        foreach (var path in (string[])["/", "/api/users/me", "/api/nothing", "/nothing"])
        {
            var answer = await Platform.Anonymous.GetAsync(path);
            answer.Headers["Content-Security-Policy"].Should()
                .Contain("default-src").And.NotContain("script-src 'unsafe-inline'").And.NotContain("'unsafe-eval'");
            answer.Headers["X-Content-Type-Options"].Should().Be("nosniff");
        }

        (await Platform.Anonymous.GetAsync("/api/nothing")).ShouldBeProblem(404);
        (await Platform.Anonymous.SendAsync(HttpMethod.Patch, "/api/users/me")).ShouldBeProblem(405);
    }
}
