namespace Settlement.SampleHost.Tests.Api;

/// <summary>Changes of an account by its owner, and validation of passwords and names; for each store.</summary>
public abstract class AccountChangeContract
{
    private const string Next = "purple bicycle soup";

    private protected abstract Task<string?> MySqlAsync();

    [Fact]
    public async Task A_changed_password_replaces_the_old_one_and_ends_all_sessions()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync();
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(ann.Email);

        (await PutAsync(ann, "password", new { password = "wrong wrong wrong", newPassword = Next }))
            .ShouldBeProblem(403, "current password");
        (await PutAsync(ann, "password", new { password = PlatformUnderTest.Password, newPassword = "short" })).ShouldBeProblem(400, "10");
        (await ann.GetAsync("/api/users/me")).Should(200);
        (await PutAsync(ann, "password", new { password = PlatformUnderTest.Password, newPassword = Next })).Should(204);

        (await ann.GetAsync("/api/users/me")).Should(401);
        (await browser.Client.GetAsync("/api/users/me")).Should(401);
        (await TokenAsync(platform, ann.Email, PlatformUnderTest.Password)).Should(401);
        (await TokenAsync(platform, ann.Email, Next)).Should(200);
    }

    [Fact]
    public async Task Changing_the_address_needs_the_password_and_changing_the_name_does_not()
    {
        await using var platform = await StartAsync();
        var (ann, bob) = (await platform.LogInAsync(), await platform.LogInAsync());

        (await PutAsync(ann, "name", new { displayName = "앤 Ann" })).Should(200).Json.GetProperty("displayName").GetString().Should()
            .Be("앤 Ann");
        (await PutAsync(ann, "email", new { password = "wrong wrong wrong", email = "new@example.com" }))
            .ShouldBeProblem(403, "password is wrong");
        (await PutAsync(ann, "email", new { password = PlatformUnderTest.Password, email = bob.Email })).ShouldBeProblem(409, "taken");
        (await PutAsync(ann, "email", new { password = PlatformUnderTest.Password, email = "new@example.com" })).Should(204);

        (await TokenAsync(platform, ann.Email, PlatformUnderTest.Password)).Should(401);
        (await TokenAsync(platform, "NEW@example.com", PlatformUnderTest.Password)).Should(200);
    }

    [Theory]
    [InlineData("qwertyuiop", "thousand most common")]
    [InlineData("Password123", "thousand most common")]
    [InlineData("somebody.new@example.com", "address or name")]
    [InlineData("SOMEBODY.NEW", "address or name")]
    [InlineData("Somebody Newer", "address or name")]
    public async Task Common_and_guessable_passwords_are_rejected(string password, string words)
    {
        await using var platform = await StartAsync();

        (await SignUpAsync(platform, "Somebody Newer", password)).ShouldBeProblem(400, words);
    }

    [Theory]
    [InlineData("\u0410dmin")]             // a Cyrillic A
    [InlineData("Ann \u03BF")]             // a Greek omicron
    [InlineData("\uFF21dmin")]             // a full-width A
    [InlineData("\u0251dmin")]             // a phonetic a
    [InlineData("\u3164")]                 // the Hangul filler, a letter without a glyph
    [InlineData("Ann\u3164")]
    [InlineData("Ann\u200B")]
    public async Task Confusable_and_invisible_names_are_rejected(string name)
    {
        await using var platform = await StartAsync();

        (await SignUpAsync(platform, name, Next)).ShouldBeProblem(400, "display name");
        (await SignUpAsync(platform, "김 Ann 2호 é", Next)).Should(201);
    }

    private async Task<PlatformUnderTest> StartAsync() =>
        await PlatformUnderTest.StartAsync(await MySqlAsync(), ("RateLimits:LogInsPerMinute", "1000"));

    private static Task<ApiAnswer> PutAsync(ApiClient account, string what, object body) =>
        account.SendAsync(HttpMethod.Put, $"/api/users/me/{what}", body);

    private static Task<ApiAnswer> TokenAsync(PlatformUnderTest platform, string email, string password) =>
        platform.Anonymous.PostAsync("/api/users/token", new { email, password });

    private static Task<ApiAnswer> SignUpAsync(PlatformUnderTest platform, string displayName, string password) =>
        platform.Anonymous.PostAsync("/api/users", new { email = "somebody.new@example.com", password, displayName });
}

public sealed class SqliteAccountChangeTests : AccountChangeContract
{
    private protected override Task<string?> MySqlAsync() => Task.FromResult<string?>(null);
}

public sealed class MySqlAccountChangeTests(MySqlForApi server) : AccountChangeContract
{
    private protected override async Task<string?> MySqlAsync() => await server.CreateAsync();
}
