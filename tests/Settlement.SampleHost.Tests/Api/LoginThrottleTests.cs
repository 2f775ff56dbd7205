using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>The limit of wrong passwords excludes attackers but not the owner; for each store.</summary>
public abstract class LoginThrottleContract
{
    private const string Wrong = "wrong wrong wrong";

    private protected abstract Task<string?> MySqlAsync();

    [Fact]
    public async Task Wrong_passwords_from_one_address_do_not_limit_other_addresses()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync("admin");

        await GuessAsync(platform, ann.Email, LoginThrottle.FailuresMax, n => $"2001:db8:1:1::{n}");

        (await TokenAsync(platform, ann.Email, PlatformUnderTest.Password, "2001:db8:1:1::ffff")).ShouldBeProblem(
            429, "too many wrong passwords");
        (await TokenAsync(platform, ann.Email, PlatformUnderTest.Password, "2001:db8:1:2::1")).Should(200);
        (await TokenAsync(platform, ann.Email, PlatformUnderTest.Password, "198.51.100.7")).Should(200);
    }

    [Fact]
    public async Task A_known_device_can_log_in_during_a_distributed_attack()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync();
        using var known = new TestBrowser(platform.Address);
        using var unknown = new TestBrowser(platform.Address);
        (await LogInAsync(known.Client, ann.Email, PlatformUnderTest.Password)).Should(204);
        (await unknown.Client.GetAsync("/login")).Should(200);

        await GuessAsync(platform, ann.Email, LoginThrottle.AccountFailuresMax, n => $"198.51.{n / 4}.{n % 4}");

        (await LogInAsync(unknown.Client, ann.Email, PlatformUnderTest.Password)).ShouldBeProblem(429, "too many wrong passwords");
        (await LogInAsync(known.Client, ann.Email, PlatformUnderTest.Password)).Should(204);
        for (var n = 0; n < LoginThrottle.FailuresMax; n++)
            (await LogInAsync(known.Client, ann.Email, Wrong)).Should(401);
        (await LogInAsync(known.Client, ann.Email, PlatformUnderTest.Password)).Should(429);
    }

    [Fact]
    public async Task Unknown_and_existing_accounts_get_the_same_responses()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync();

        var existing = await GuessAsync(platform, ann.Email, LoginThrottle.FailuresMax + 1, _ => "198.51.100.7");
        var unknownAccount = await GuessAsync(platform, "nobody@example.com", LoginThrottle.FailuresMax + 1, _ => "198.51.100.7");

        unknownAccount.Select(Content).Should().Equal(existing.Select(Content));
        existing.Select(a => a.Status).Should().Equal([.. Enumerable.Repeat(401, LoginThrottle.FailuresMax), 429]);
    }

    [Fact]
    public async Task All_spellings_of_an_address_share_one_count()
    {
        await using var platform = await StartAsync();
        (await platform.Anonymous.PostAsync(
            "/api/users", new { email = "kim.\u00E9k@example.com", password = PlatformUnderTest.Password, displayName = "Kim" }))
                .Should(201);

        foreach (var name in (string[])["kim.{0}{1}@example.com", "nobody.{0}{1}@example.com"])
        {
            // The Kelvin sign is a k, and an e with an accent is one character or two.
            string[] spellings =
                [.. from e in (string[])["\u00E9", "e\u0301"] from k in (string[])["k", "K",
                    "\u212A"] select string.Format(null, name, e, k)];
            spellings.Should().HaveCountGreaterThan(LoginThrottle.FailuresMax);
            var statuses = new List<int>();
            foreach (var spelling in spellings)
                statuses.Add((await TokenAsync(platform, spelling, Wrong, "198.51.100.7")).Status);

            statuses.Should().Equal([.. Enumerable.Repeat(401, LoginThrottle.FailuresMax), 429], name);
        }

        (await TokenAsync(platform, "KIM.\u00C9\u212A@example.com", PlatformUnderTest.Password, "198.51.100.8")).Should(200);
    }

    private static (int Status, string? Title, string? Detail) Content(ApiAnswer answer) =>
        (answer.Status, answer.Json.GetProperty("title").GetString(), answer.Json.GetProperty("detail").GetString());

    private async Task<PlatformUnderTest> StartAsync() => await PlatformUnderTest.StartAsync(
        await MySqlAsync(), ("RateLimits:LogInsPerMinute", "1000"), ("Proxies:0", "127.0.0.1"));

    private static async Task<List<ApiAnswer>> GuessAsync(PlatformUnderTest platform, string email, int count, Func<int, string> address)
    {
        var answers = new List<ApiAnswer>();
        for (var n = 0; n < count; n++)
            answers.Add(await TokenAsync(platform, email, Wrong, address(n)));
        return answers;
    }

    private static Task<ApiAnswer> TokenAsync(PlatformUnderTest platform, string email, string password, string address) =>
        platform.Anonymous.PostAsync("/api/users/token", new { email, password }, ("X-Forwarded-For", address));

    private static async Task<ApiAnswer> LogInAsync(ApiClient browser, string email, string password)
    {
        var token = (await browser.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;
        return await browser.PostAsync(
            "/api/users/session", new { email, password }, ("X-CSRF-TOKEN", token), ("X-Forwarded-For", "203.0.113.9"));
    }
}

public sealed class SqliteLoginThrottleTests : LoginThrottleContract
{
    private protected override Task<string?> MySqlAsync() => Task.FromResult<string?>(null);
}

public sealed class MySqlLoginThrottleTests(MySqlForApi server) : LoginThrottleContract
{
    private protected override async Task<string?> MySqlAsync() => await server.CreateAsync();
}
