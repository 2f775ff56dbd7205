namespace Settlement.SampleHost.Tests.Api;

/// <summary>Protection of accounts: the limit of wrong passwords, and the requirements of a deletion.</summary>
public sealed class AccountSafetyTests(MySqlForApi mySql)
{
    private const string Wrong = "wrong wrong wrong";

    private static readonly (string Key, string Value)[] NoRateLimit = [("RateLimits:LogInsPerMinute", "1000")];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Concurrent_wrong_passwords_are_counted_like_sequential_ones(bool isMySql)
    {
        await using var platform = await PlatformUnderTest.StartAsync(isMySql ? await mySql.CreateAsync() : null, NoRateLimit);
        var ann = await platform.LogInAsync();

        var guesses = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => GuessAsync(platform, ann)));

        guesses.Select(g => g.Status).Distinct().Should().BeSubsetOf([401, 429]);
        (await TokenAsync(platform, ann, PlatformUnderTest.Password)).ShouldBeProblem(429, "Try again in 600 s");
        platform.Clock.Advance(TimeSpan.FromMinutes(11));
        for (var n = 0; n < 4; n++)
            (await TokenAsync(platform, ann, Wrong)).Should(401);
        (await TokenAsync(platform, ann, PlatformUnderTest.Password)).Should(200);
        for (var n = 0; n < 4; n++)
            (await TokenAsync(platform, ann, Wrong)).Should(401);
        (await TokenAsync(platform, ann, PlatformUnderTest.Password)).Should(200);
    }

    [Fact]
    public async Task Wrong_passwords_of_deletions_are_counted()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: NoRateLimit);
        var ann = await platform.LogInAsync();

        for (var n = 0; n < 5; n++)
            (await DeleteAsync(ann, Wrong)).ShouldBeProblem(403, "password");

        (await DeleteAsync(ann, PlatformUnderTest.Password)).ShouldBeProblem(429, "too many wrong passwords");
        (await TokenAsync(platform, ann, PlatformUnderTest.Password)).Should(429);
        (await ann.GetAsync("/api/users/me")).Should(200);
    }

    [Fact]
    public async Task Deletions_are_rate_limited_per_network_address()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: ("RateLimits:LogInsPerMinute", "3"));
        var ann = await platform.LogInAsync();

        var statuses = new List<int>();
        for (var n = 0; n < 3; n++)
            statuses.Add((await DeleteAsync(ann, Wrong)).Status);

        statuses.Should().Equal(403, 403, 429);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_last_admin_who_can_log_in_cannot_be_deleted(bool isMySql)
    {
        await using var platform = await PlatformUnderTest.StartAsync(isMySql ? await mySql.CreateAsync() : null, NoRateLimit);
        var ann = await platform.LogInAsync("admin");
        await platform.LogInAsync("creator");

        (await DeleteAsync(ann, PlatformUnderTest.Password)).ShouldBeProblem(409, "Make somebody else an admin");
        (await ann.GetAsync("/api/users/me")).Should(200);
        var bob = await platform.LogInAsync("admin");
        var both = await Task.WhenAll(DeleteAsync(ann, PlatformUnderTest.Password), DeleteAsync(bob, PlatformUnderTest.Password));

        both.Select(b => b.Status).Should().BeEquivalentTo([204, 409], "one of two concurrent deletions is rejected");
    }

    /// <summary>Retries after 503: of many requests that wait for one row, the database may fail some under load.</summary>
    private static async Task<ApiAnswer> GuessAsync(PlatformUnderTest platform, ApiClient account)
    {
        while (true)
        {
            if (await TokenAsync(platform, account, Wrong) is { Status: not 503 } answer)
                return answer;
        }
    }

    private static Task<ApiAnswer> TokenAsync(PlatformUnderTest platform, ApiClient account, string password) =>
        platform.Anonymous.PostAsync("/api/users/token", new { email = account.Email, password });

    private static Task<ApiAnswer> DeleteAsync(ApiClient account, string password) =>
        account.SendAsync(HttpMethod.Delete, "/api/users/me", new { password });
}
