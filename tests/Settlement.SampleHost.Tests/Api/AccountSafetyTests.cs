namespace Settlement.SampleHost.Tests.Api;

/// <summary>What guards an account: the count of wrong passwords, wherever they are given, and what its deletion needs.</summary>
public sealed class AccountSafetyTests(MySqlForApi mySql)
{
    private const string Wrong = "wrong wrong wrong";

    private static readonly (string Key, string Value)[] NoRateLimit = [("RateLimits:LogInsPerMinute", "1000")];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Guesses_beside_each_other_are_counted_as_guesses_one_after_another_are(bool isMySql)
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
    public async Task Passwords_guessed_by_deleting_the_account_are_counted_too()
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
    public async Task Deletions_of_one_address_are_limited()
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
    public async Task The_last_admin_who_can_log_in_stays(bool isMySql)
    {
        await using var platform = await PlatformUnderTest.StartAsync(isMySql ? await mySql.CreateAsync() : null, NoRateLimit);
        var ann = await platform.LogInAsync("admin");
        await platform.LogInAsync("creator");

        (await DeleteAsync(ann, PlatformUnderTest.Password)).ShouldBeProblem(409, "Make somebody else an admin");
        (await ann.GetAsync("/api/users/me")).Should(200);
        var bob = await platform.LogInAsync("admin");
        var both = await Task.WhenAll(DeleteAsync(ann, PlatformUnderTest.Password), DeleteAsync(bob, PlatformUnderTest.Password));

        both.Select(b => b.Status).Should().BeEquivalentTo([204, 409], "one of two who go at once stays");
    }

    /// <summary>Guesses until there is an answer: of many that wait for one row, a busy machine's database may let one go (503).</summary>
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
