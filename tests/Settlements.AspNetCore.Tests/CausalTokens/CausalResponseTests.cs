using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace Settlements.AspNetCore.Tests.CausalTokens;

/// <summary>Whatever the response is, it carries the token of what was committed.</summary>
public sealed class CausalResponseTests
{
    [Fact]
    public async Task A_redirect_carries_the_token_to_the_page_it_leads_to()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Browser();

        var response = await user.PostAsync("/write-then-redirect", null);

        response.StatusCode.Should().Be(HttpStatusCode.Found);
        (await user.GetStringAsync(response.Headers.Location)).Should().Be(FakeDatabase.PrimaryName);
    }

    [Fact]
    public async Task A_response_without_a_body_carries_the_token()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();

        Shop.CookieOf(await user.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/write"))).Should().NotBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_error_page_after_a_commit_carries_the_token_and_is_itself_read_after_it(bool hasScopeOfItsOwn)
    {
        await using var shop = await Shop.StartAsync(before: app => app.UseExceptionHandler(
            new ExceptionHandlerOptions { ExceptionHandlingPath = "/error", CreateScopeForErrors = hasScopeOfItsOwn }));
        using var user = shop.Client();

        var response = await user.PostAsync("/write-then-fail", null);

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync()).Should().Be(FakeDatabase.PrimaryName, "the error page shows what was written");
        Shop.CookieOf(response).Should().NotBeNull();
    }

    [Fact]
    public async Task The_bare_500_that_a_server_sends_by_itself_carries_nothing_as_documented()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();

        var response = await user.PostAsync("/write-then-fail", null);

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        Shop.CookieOf(response).Should().BeNull("the server clears what was set, and asks nobody");
    }

    [Fact]
    public async Task A_commit_after_the_response_began_is_said_and_carries_nothing()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();

        var response = await user.PostAsync("/begin-then-write", null);

        (await response.Content.ReadAsStringAsync()).Should().Be("first");
        Shop.CookieOf(response).Should().BeNull();
        shop.Log.Lines.Should().ContainSingle(l => l.Id == 3203 && l.Level == LogLevel.Warning && l.Text.Contains("/begin-then-write"));
    }

    [Theory]
    [InlineData("", "no-store")]
    [InlineData("public, max-age=600", "no-store")]
    [InlineData("no-cache", "no-store")]
    [InlineData("private, max-age=60", "private, max-age=60")]
    [InlineData("no-store", "no-store")]
    public async Task No_cache_that_users_share_keeps_a_token(string cache, string expected)
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();

        var response = await user.PostAsync($"/write-cached?cache={Uri.EscapeDataString(cache)}", null);

        response.Headers.NonValidated["Cache-Control"].ToString().Should().Be(expected);
    }

    [Fact]
    public async Task A_token_that_is_too_long_for_a_cookie_is_said_once_and_left_out()
    {
        await using var shop = await Shop.StartAsync();
        shop.Database.TokenText = number => string.Join(',', Enumerable.Range(0, 80).Select(i => $"00000000-0000-0000-0000-{i:d12}:1-{number}"));
        using var user = shop.Client();

        (await user.PostAsync("/write", null)).IsSuccessStatusCode.Should().BeTrue();
        Shop.CookieOf(await user.PostAsync("/write", null)).Should().BeNull();

        shop.Log.Lines.Where(l => l.Id == 3202).Select(l => l.Level).Should().Equal(LogLevel.Warning, LogLevel.Debug);
    }

    [Fact]
    public async Task The_longest_token_that_fits_is_read_again()
    {
        await using var shop = await Shop.StartAsync();
        shop.Database.TokenText = number => string.Join(',', Enumerable.Range(0, 54).Select(i => $"00000000-0000-0000-0000-{i:d12}:1-{number}"));
        using var user = shop.Browser();

        var issued = Shop.CookieOf(await user.PostAsync("/write", null))!;

        issued.Length.Should().BeInRange(3_000, CausalTokenOptions.CookieLengthMax);
        (await user.GetStringAsync("/read")).Should().Be(FakeDatabase.PrimaryName);
    }

    [Fact]
    public async Task Without_a_key_the_response_is_as_good_but_for_the_token()
    {
        await using var shop = await Shop.StartAsync(keys: new NoKeys());
        using var user = shop.Client();

        var response = await user.PostAsync("/write", null);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        Shop.CookieOf(response).Should().BeNull();
        shop.Log.Lines.Should().ContainSingle(l => l.Id == 3204 && l.Level == LogLevel.Warning);
    }

    private sealed class NoKeys : IDataProtectionProvider, IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => throw new System.Security.Cryptography.CryptographicException("The key ring can't be read.");

        public byte[] Unprotect(byte[] protectedData) => throw new System.Security.Cryptography.CryptographicException("The key ring can't be read.");
    }
}
