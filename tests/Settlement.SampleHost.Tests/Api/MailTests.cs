using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Password resets and verified addresses by links in mails; for each store.</summary>
public abstract class MailContract : IAsyncLifetime
{
    private const string Next = "purple bicycle soup";
    private const string Reset = "/api/users/password-reset";

    private readonly MailFolder _folder = new();
    private PlatformUnderTest? _platform;

    private PlatformUnderTest Platform => _platform!;

    private protected abstract Task<string?> MySqlAsync();

    public async ValueTask InitializeAsync() => _platform = await PlatformUnderTest.StartAsync(
        await MySqlAsync(), _folder.Setting, ("RateLimits:LogInsPerMinute", "1000"), ("RateLimits:MailsPerHour", "1000"));

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_reset_sets_the_password_once_and_ends_all_sessions()
    {
        var (ann, bob) = (await SignUpAsync(), await SignUpAsync());
        using var browser = new TestBrowser(Platform.Address);
        await browser.LogInAsync(ann.Email);
        var token = await RequestAsync(ann.Email.ToUpperInvariant());

        (await CompleteAsync(token, "short")).ShouldBeProblem(400, "newPassword", "10");
        (await CompleteAsync(token + "A", Next)).ShouldBeProblem(409, "used before");
        (await CompleteAsync(token, Next)).Should(204);

        (await CompleteAsync(token, "another bicycle soup")).ShouldBeProblem(409, "used before");
        foreach (var ended in (ApiClient[])[ann, browser.Client])
            (await ended.GetAsync("/api/users/me")).Should(401);
        (await LogInAsync(ann.Email, PlatformUnderTest.Password)).Should(401);
        (await LogInAsync(ann.Email, Next)).Should(200);
        (await bob.GetAsync("/api/users/me")).Should(200);
        await ann.AuthorizeAsync(Next);
        (await ann.GetAsync("/api/users/me")).Json.GetProperty("isEmailVerified").GetBoolean().Should().BeTrue("the mail arrived");
    }

    [Fact]
    public async Task Concurrent_uses_of_a_link_reset_once()
    {
        var ann = await SignUpAsync();
        var token = await RequestAsync(ann.Email);

        var uses = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => CompleteAsync(token, $"purple bicycle {n}")));

        uses.Select(u => u.Status).Order().Should().Equal(204, 409, 409, 409);
    }

    [Fact]
    public async Task A_link_is_invalid_after_an_hour_another_reset_or_a_change_of_the_address()
    {
        var ann = await SignUpAsync();
        var (first, second) = (await RequestAsync(ann.Email), await RequestAsync(ann.Email));
        (await CompleteAsync(second, Next)).Should(204);
        (await CompleteAsync(first, Next)).ShouldBeProblem(409, "used before");

        var third = await RequestAsync(ann.Email);
        Platform.Clock.Advance(TimeSpan.FromMinutes(61));
        (await CompleteAsync(third, Next)).ShouldBeProblem(409, "has expired");

        var fourth = await RequestAsync(ann.Email);
        await ann.AuthorizeAsync(Next);
        (await ann.SendAsync(HttpMethod.Put, "/api/users/me/email", new { password = Next, email = "new@example.com" })).Should(204);
        (await CompleteAsync(fourth, Next)).ShouldBeProblem(409, "address has changed");
        (await Platform.Anonymous.PostAsync("/api/users/verification/complete", new { token = fourth })).Should(409);
    }

    [Fact]
    public async Task A_link_to_reset_the_password_is_invalid_after_the_password_was_changed_and_sends_no_referrer()
    {
        var ann = await SignUpAsync();
        var token = await RequestAsync(ann.Email);
        var page = (await Platform.Anonymous.GetAsync($"/reset?token={token}")).Should(200);
        page.Headers["Referrer-Policy"].Should().Be("no-referrer");
        (await Platform.Anonymous.GetAsync("/login")).Should(200).Headers["Referrer-Policy"].Should().Be("same-origin");

        (await ann.SendAsync(HttpMethod.Put, "/api/users/me/password", new { password = PlatformUnderTest.Password, newPassword = Next }))
            .Should(204);

        (await CompleteAsync(token, "another bicycle soup")).ShouldBeProblem(409);
        (await LogInAsync(ann.Email, Next)).Should(200);
    }

    [Fact]
    public async Task Responses_are_the_same_for_unknown_addresses_and_mails_per_account_are_limited()
    {
        var (ann, bob) = (await SignUpAsync(), await SignUpAsync());
        var known = (await Platform.Anonymous.PostAsync(Reset, new { email = ann.Email })).Should(202);
        var unknown = (await Platform.Anonymous.PostAsync(Reset, new { email = "nobody@example.com" })).Should(202);
        unknown.Text.Should().Be(known.Text);
        unknown.Headers.Keys.Should().BeEquivalentTo(known.Headers.Keys);
        (await Platform.Anonymous.PostAsync(Reset, new { email = " " })).ShouldBeProblem(400, "address is missing");

        await using (var scope = Platform.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<SampleHost.Users.Accounts>()
                .SignUpAsync("external@example.com", password: null, "External");
        }

        (await Platform.Anonymous.PostAsync(Reset, new { email = "external@example.com" })).Should(202);
        for (var n = 0; n < 6; n++)
            (await Platform.Anonymous.PostAsync(Reset, new { email = ann.Email })).Should(202);
        await RequestAsync(bob.Email);
        (await ResetsOfAsync(ann.Email)).Should().Be(5, "requests are handled in order");
        (await ResetsOfAsync("external@example.com")).Should().Be(0, "it has no password");

        Platform.Clock.Advance(TimeSpan.FromMinutes(61));
        await RequestAsync(ann.Email);
        (await ResetsOfAsync(ann.Email)).Should().Be(6);
    }

    [Fact]
    public async Task Only_hashes_of_tokens_are_stored_and_links_do_not_contain_the_Host_header()
    {
        var ann = await SignUpAsync();
        (await Platform.Anonymous.PostAsync(Reset, new { email = ann.Email }, ("Host", "evil.example"))).Should(202);
        var mail = await FindAsync(ann.Email, Subject, 1);

        MailFolder.Link(mail).Authority.Should().Be(Platform.Address.Authority);
        mail.TextBody.Should().NotContain("evil.example").And.NotContain("User ", "names are chosen by whoever signs up");
        mail.Headers[HeaderId.AutoSubmitted].Should().Be("auto-generated");
        var stored = await Platform.Service<PlatformDatabase>().ReadAsync(
            sql => sql.ListAsync<string>("SELECT token_hash FROM mail_tokens"), TestContext.Current.CancellationToken);
        stored.Should().NotBeEmpty().And.NotContain(MailFolder.Token(mail)).And.OnlyContain(hash => hash.Length == 64);
    }

    [Fact]
    public async Task A_new_address_is_verified_by_its_link_and_a_change_removes_the_verification()
    {
        var created = await Platform.Anonymous.PostAsync(
            "/api/users", new { email = "carol@example.com", password = PlatformUnderTest.Password, displayName = "Carol" });
        created.Should(201).Json.GetProperty("isEmailVerified").GetBoolean().Should().BeFalse();
        var token = MailFolder.Token(await FindAsync("carol@example.com", Verify, 1));
        var carol = new ApiClient(new HttpClient { BaseAddress = Platform.Address }) { Email = "carol@example.com" };
        await carol.AuthorizeAsync(PlatformUnderTest.Password);

        (await CompleteAsync(token, Next)).ShouldBeProblem(409, "used before");
        (await Platform.Anonymous.PostAsync("/api/users/verification/complete", new { token })).Should(204);
        (await Platform.Anonymous.PostAsync("/api/users/verification/complete", new { token })).ShouldBeProblem(409, "used before");
        (await IsVerifiedAsync()).Should().BeTrue();
        (await carol.PostAsync("/api/users/me/verification")).ShouldBeProblem(409, "already verified");

        (await carol.SendAsync(
            HttpMethod.Put, "/api/users/me/email", new { password = PlatformUnderTest.Password, email = "carol2@example.com" }))
                .Should(204);
        var second = new ApiClient(carol.Http) { Email = "carol2@example.com" };
        await second.AuthorizeAsync(PlatformUnderTest.Password);
        (await IsVerifiedAsync()).Should().BeFalse();
        await FindAsync("carol2@example.com", Verify, 1);
        (await carol.PostAsync("/api/users/me/verification")).Should(202);
        await FindAsync("carol2@example.com", Verify, 2);

        async Task<bool> IsVerifiedAsync() =>
            (await carol.GetAsync("/api/users/me")).Should(200).Json.GetProperty("isEmailVerified").GetBoolean();
    }

    private const string Subject = "Reset your password";
    private const string Verify = "Verify your e-mail address";

    private Task<ApiClient> SignUpAsync() => Platform.LogInAsync();

    /// <summary>Requests a reset and returns the token of its mail.</summary>
    private async Task<string> RequestAsync(string email)
    {
        var before = await ResetsOfAsync(email);
        (await Platform.Anonymous.PostAsync(Reset, new { email })).Should(202);
        return MailFolder.Token(await FindAsync(email, Subject, before + 1));
    }

    private Task<ApiAnswer> CompleteAsync(string token, string newPassword) =>
        Platform.Anonymous.PostAsync($"{Reset}/complete", new { token, newPassword });

    private Task<ApiAnswer> LogInAsync(string email, string password) =>
        Platform.Anonymous.PostAsync("/api/users/token", new { email, password });

    private async Task<int> ResetsOfAsync(string email) => (await ListAsync(email, Subject)).Count;

    /// <summary>Waits until an address has a number of mails of a subject, and returns the last.</summary>
    private async Task<MimeMessage> FindAsync(string email, string subject, int count)
    {
        List<MimeMessage> found = [];
        await Waiting.UntilAsync(async () => (found = await ListAsync(email, subject)).Count >= count);
        return found[^1];
    }

    private async Task<List<MimeMessage>> ListAsync(string email, string subject) =>
        [.. (await _folder.WaitAsync(0)).Where(m => m.Subject == subject
            && m.To.Mailboxes.Any(to => string.Equals(to.Address, email, StringComparison.OrdinalIgnoreCase)))];
}

public sealed class SqliteMailTests : MailContract
{
    private protected override Task<string?> MySqlAsync() => Task.FromResult<string?>(null);

    [Fact]
    public async Task Mails_of_the_folder_are_in_the_order_in_which_they_were_created()
    {
        using var folder = new MailFolder();
        for (var n = 0; n < 20; n++)
        {
            using var mail = new MimeMessage { Subject = $"{n}", Body = new TextPart("plain") { Text = "x" } };
            var file = System.IO.Path.Combine(folder.Path, $"{Guid.NewGuid():N}.eml");
            await mail.WriteToAsync(file, TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        }

        (await folder.WaitAsync(20)).Select(m => m.Subject).Should().Equal(Enumerable.Range(0, 20).Select(n => $"{n}"));
    }
}

public sealed class MySqlMailTests(MySqlForApi server) : MailContract
{
    private protected override async Task<string?> MySqlAsync() => await server.CreateAsync();
}
