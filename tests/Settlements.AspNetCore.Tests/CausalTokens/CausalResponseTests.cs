using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace Settlements.AspNetCore.Tests.CausalTokens;

/// <summary>Responses of every kind carry the token of the request's commits.</summary>
public sealed class CausalResponseTests
{
    [Fact]
    public async Task A_redirect_carries_the_token()
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
    public async Task An_error_page_after_a_commit_carries_the_token_and_reads_the_commit(bool hasSeparateScope)
    {
        await using var shop = await Shop.StartAsync(before: app => app.UseExceptionHandler(
            new ExceptionHandlerOptions { ExceptionHandlingPath = "/error", CreateScopeForErrors = hasSeparateScope }));
        using var user = shop.Client();

        var response = await user.PostAsync("/write-then-fail", null);

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync()).Should().Be(FakeDatabase.PrimaryName, "the error page shows what was written");
        Shop.CookieOf(response).Should().NotBeNull();
    }

    [Fact]
    public async Task The_plain_500_of_an_unhandled_exception_carries_no_token_as_documented()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();

        var response = await user.PostAsync("/write-then-fail", null);

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        Shop.CookieOf(response).Should().BeNull("the server clears the headers, and doesn't call OnStarting");
    }

    [Fact]
    public async Task A_commit_after_the_response_started_is_logged_and_carries_no_token()
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
    public async Task Shared_caches_do_not_store_a_response_with_a_token(string cache, string expected)
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();

        var response = await user.PostAsync($"/write-cached?cache={Uri.EscapeDataString(cache)}", null);

        response.Headers.NonValidated["Cache-Control"].ToString().Should().Be(expected);
    }

    [Fact]
    public async Task A_token_too_long_for_a_cookie_is_not_sent_and_logged_as_a_warning_once()
    {
        await using var shop = await Shop.StartAsync();
        shop.Database.TokenText = number =>
            string.Join(',', Enumerable.Range(0, 80).Select(i => $"00000000-0000-0000-0000-{i:d12}:1-{number}"));
        using var user = shop.Client();

        (await user.PostAsync("/write", null)).IsSuccessStatusCode.Should().BeTrue();
        Shop.CookieOf(await user.PostAsync("/write", null)).Should().BeNull();

        shop.Log.Lines.Where(l => l.Id == 3202).Select(l => l.Level).Should().Equal(LogLevel.Warning, LogLevel.Debug);
    }

    [Fact]
    public async Task A_token_of_nearly_the_greatest_length_is_accepted()
    {
        await using var shop = await Shop.StartAsync();
        shop.Database.TokenText = number =>
            string.Join(',', Enumerable.Range(0, 54).Select(i => $"00000000-0000-0000-0000-{i:d12}:1-{number}"));
        using var user = shop.Browser();

        var issued = Shop.CookieOf(await user.PostAsync("/write", null))!;

        issued.Length.Should().BeInRange(3_000, CausalTokenOptions.CookieLengthMax);
        (await user.GetStringAsync("/read")).Should().Be(FakeDatabase.PrimaryName);
    }

    [Fact]
    public async Task Without_a_key_the_response_succeeds_without_a_token()
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

        public byte[] Protect(byte[] plaintext) => throw new CryptographicException("The key ring can't be read.");

        public byte[] Unprotect(byte[] protectedData) => throw new CryptographicException("The key ring can't be read.");
    }
}
