using System.Net.Http.Headers;
using System.Text.Json;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Login sessions end on the server, which invalidates copies of cookies and tokens; for each store.</summary>
public abstract class SessionContract
{
    private const string Cookie = "settlement.session";

    private protected abstract Task<string?> MySqlAsync();

    [Fact]
    public async Task Logging_out_invalidates_copies_of_the_cookie()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync();
        using var browser = new TestBrowser(platform.Address);
        var copied = await LogInByCookieAsync(browser.Client, ann.Email);
        using var thief = new TestBrowser(platform.Address, keepsCookies: false);
        (await thief.Client.SendAsync(HttpMethod.Get, "/api/users/me", null, ("Cookie", copied))).Should(200);

        (await browser.Client.SendAsync(
            HttpMethod.Delete, "/api/users/session", null, ("X-CSRF-TOKEN", await AntiforgeryAsync(browser.Client)))).Should(204);

        (await thief.Client.SendAsync(HttpMethod.Get, "/api/users/me", null, ("Cookie", copied))).Should(401);
        (await ann.GetAsync("/api/users/me")).Should(200);
    }

    [Fact]
    public async Task Logging_out_invalidates_the_bearer_token_and_its_refresh_token()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync();
        var (client, refresh) = await TokenAsync(platform, ann.Email);
        (await client.GetAsync("/api/users/me")).Should(200);

        (await client.SendAsync(HttpMethod.Delete, "/api/users/session")).Should(204);

        (await client.GetAsync("/api/users/me")).Should(401);
        (await RefreshAsync(platform, refresh)).ShouldBeProblem(401, "session was ended");
        (await ann.GetAsync("/api/users/me")).Should(200);
    }

    [Fact]
    public async Task Logging_out_everywhere_ends_all_sessions_of_the_account_and_no_other()
    {
        await using var platform = await StartAsync();
        var (ann, bob) = (await platform.LogInAsync(), await platform.LogInAsync());
        using var browser = new TestBrowser(platform.Address);
        await LogInByCookieAsync(browser.Client, ann.Email);
        var (other, refresh) = await TokenAsync(platform, ann.Email);

        (await other.SendAsync(HttpMethod.Delete, "/api/users/me/sessions")).Should(204);

        foreach (var client in (ApiClient[])[ann, other, browser.Client])
            (await client.GetAsync("/api/users/me")).Should(401);
        (await RefreshAsync(platform, refresh)).Should(401);
        (await bob.GetAsync("/api/users/me")).Should(200);
    }

    [Fact]
    public async Task Login_sessions_are_listed_and_ended_one_by_one_or_all_but_the_current()
    {
        await using var platform = await StartAsync();
        var (ann, bob) = (await platform.LogInAsync(), await platform.LogInAsync());
        using var browser = new TestBrowser(platform.Address);
        browser.Client.Http.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0");
        await LogInByCookieAsync(browser.Client, ann.Email);
        var (first, _) = await TokenAsync(platform, ann.Email);
        var (second, _) = await TokenAsync(platform, ann.Email);
        platform.Clock.Advance(TimeSpan.FromMinutes(11));

        var listed = await ListAsync(browser.Client);
        listed.Should().HaveCount(4, "the login of the test itself, the browser and two programs");
        var current = listed.Single(s => s.GetProperty("isCurrent").GetBoolean());
        current.GetProperty("client").GetString().Should().Be("Edge, Windows");
        current.GetProperty("kind").GetString().Should().Be("browser");
        listed[0].GetProperty("id").GetString().Should().Be(current.GetProperty("id").GetString(), "it was used last");
        current.GetProperty("lastUsedAt").GetDateTimeOffset().Should().Be(platform.Clock.GetUtcNow());
        listed.Skip(1).Select(s => s.GetProperty("lastUsedAt").GetDateTimeOffset()).Should().OnlyContain(
            at => at == PlatformUnderTest.Noon);

        var own = (await ListAsync(first)).Single(s => s.GetProperty("isCurrent").GetBoolean());
        own.GetProperty("kind").GetString().Should().Be("program");
        var path = $"/api/users/me/sessions/{own.GetProperty("id").GetString()}";
        (await bob.SendAsync(HttpMethod.Delete, path)).ShouldBeProblem(404, "no login");
        (await first.GetAsync("/api/users/me")).Should(200);
        (await second.SendAsync(HttpMethod.Delete, path)).Should(204);
        (await second.SendAsync(HttpMethod.Delete, path)).ShouldBeProblem(404, "no login");
        (await first.GetAsync("/api/users/me")).Should(401);

        (await second.SendAsync(HttpMethod.Delete, "/api/users/me/sessions/others")).Should(204);
        foreach (var ended in (ApiClient[])[ann, browser.Client])
            (await ended.GetAsync("/api/users/me")).Should(401);
        (await ListAsync(second)).Should().ContainSingle();
        (await bob.GetAsync("/api/users/me")).Should(200);

        static async Task<List<JsonElement>> ListAsync(ApiClient client) =>
            [.. (await client.GetAsync("/api/users/me/sessions")).Should(200).Json.EnumerateArray()];
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_a_second_use_ends_its_session()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync();
        var (_, refresh) = await TokenAsync(platform, ann.Email);

        var uses = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RefreshAsync(platform, refresh)));
        uses.Count(u => u.Status == 200).Should().Be(1, "only one of the concurrent uses succeeds");
        var renewed = uses.Single(u => u.Status == 200).Json;

        (await RefreshAsync(platform, renewed.GetProperty("refreshToken").GetString()!)).ShouldBeProblem(401, "used before");
        (await As(platform, renewed).GetAsync("/api/users/me")).Should(401);

        var (_, fresh) = await TokenAsync(platform, ann.Email);
        var second = (await RefreshAsync(platform, fresh)).Should(200).Json;
        var third = (await RefreshAsync(platform, second.GetProperty("refreshToken").GetString()!)).Should(200).Json;
        (await As(platform, third).GetAsync("/api/users/me")).Should(200);
    }

    [Fact]
    public async Task An_expired_token_is_rejected_but_does_not_prevent_a_new_login()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync();
        var (client, refresh) = await TokenAsync(platform, ann.Email);
        platform.Clock.Advance(TimeSpan.FromHours(1));

        var login = new { email = ann.Email, password = PlatformUnderTest.Password };

        (await client.GetAsync("/api/videos")).ShouldBeProblem(401);
        (await client.PostAsync("/api/users/token/refresh", new { refreshToken = refresh })).Should(200);
        (await client.PostAsync("/api/users/token", login)).Should(200);
        (await client.SendAsync(HttpMethod.Delete, "/api/users/session")).Should(204);
        (await platform.Anonymous.GetAsync("/api/videos")).Should(200);
    }

    [Fact]
    public async Task Roles_apply_to_login_sessions_at_once_and_only_a_new_admin_has_to_log_in_again()
    {
        await using var platform = await StartAsync();
        var (admin, ann) = (await platform.LogInAsync("admin"), await platform.LogInAsync());
        using var browser = new TestBrowser(platform.Address);
        await LogInByCookieAsync(browser.Client, ann.Email);
        (await browser.Client.GetAsync("/studio")).Should(302).Headers["Location"].Should().StartWith("/denied");

        await SetRolesAsync("viewer", "creator");
        (await ann.GetAsync("/api/videos/own")).Should(200);
        (await browser.Client.GetAsync("/studio")).Should(200).Text.Should().Contain("href=\"/studio\"");
        await SetRolesAsync("viewer");
        (await ann.GetAsync("/api/videos/own")).Should(403);
        (await browser.Client.GetAsync("/studio")).Should(302).Headers["Location"].Should().StartWith("/denied");

        // A copy of a viewer's cookie or refresh token must not become one of an admin.
        var (_, refresh) = await TokenAsync(platform, ann.Email);
        await SetRolesAsync("viewer", "admin");
        (await ann.GetAsync("/api/users/me")).Should(401);
        (await RefreshAsync(platform, refresh)).Should(401);
        var login = (await browser.Client.GetAsync("/admin")).Should(302).Headers["Location"];
        login.Should().Be("/login?ReturnUrl=%2Fadmin&ended=true");
        (await browser.Client.GetAsync(login)).Should(200).Text.Should().Contain("Your login has ended");

        async Task SetRolesAsync(params string[] roles) =>
            (await admin.SendAsync(HttpMethod.Put, $"/api/users/{ann.UserId}/roles", new { roles })).Should(200);
    }

    [Fact]
    public async Task A_cookie_session_is_extended_while_used_and_expires_otherwise()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync();
        using var browser = new TestBrowser(platform.Address);
        await LogInByCookieAsync(browser.Client, ann.Email);

        for (var n = 0; n < 3; n++)
        {
            platform.Clock.Advance(TimeSpan.FromHours(7));
            (await browser.Client.GetAsync("/api/users/me")).Should(200);
        }

        platform.Clock.Advance(TimeSpan.FromHours(13));
        (await browser.Client.GetAsync("/api/users/me")).Should(401);
    }

    private async Task<PlatformUnderTest> StartAsync() =>
        await PlatformUnderTest.StartAsync(await MySqlAsync(), ("RateLimits:LogInsPerMinute", "1000"));

    /// <returns>The value of the Cookie header.</returns>
    private static async Task<string> LogInByCookieAsync(ApiClient browser, string email)
    {
        var answer = await browser.PostAsync(
            "/api/users/session", new { email, password = PlatformUnderTest.Password }, ("X-CSRF-TOKEN", await AntiforgeryAsync(browser)));
        var cookies = answer.Should(204).Headers["Set-Cookie"];
        return cookies[cookies.IndexOf(Cookie, StringComparison.Ordinal)..].Split(';')[0];
    }

    private static async Task<string> AntiforgeryAsync(ApiClient browser) =>
        (await browser.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;

    private static async Task<(ApiClient Client, string Refresh)> TokenAsync(PlatformUnderTest platform, string email)
    {
        var tokens = (await platform.Anonymous.PostAsync("/api/users/token", new { email, password = PlatformUnderTest.Password }))
            .Should(200).Json;
        return (As(platform, tokens), tokens.GetProperty("refreshToken").GetString()!);
    }

    private static ApiClient As(PlatformUnderTest platform, JsonElement tokens)
    {
        var http = new HttpClient { BaseAddress = platform.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.GetProperty("accessToken").GetString());
        return new ApiClient(http);
    }

    private static Task<ApiAnswer> RefreshAsync(PlatformUnderTest platform, string refreshToken) =>
        platform.Anonymous.PostAsync("/api/users/token/refresh", new { refreshToken });
}

public sealed class SqliteSessionTests : SessionContract
{
    private protected override Task<string?> MySqlAsync() => Task.FromResult<string?>(null);
}

public sealed class MySqlSessionTests(MySqlForApi server) : SessionContract
{
    private protected override async Task<string?> MySqlAsync() => await server.CreateAsync();
}
