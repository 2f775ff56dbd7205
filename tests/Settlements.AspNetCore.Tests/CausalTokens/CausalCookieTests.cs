using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Settlements.Routing;

namespace Settlements.AspNetCore.Tests.CausalTokens;

public sealed class CausalCookieTests
{
    [Fact]
    public async Task A_user_sees_his_own_write_in_the_next_request_and_others_wait_for_nothing()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Browser();
        using var other = shop.Browser();

        (await user.PostAsync("/write", null)).EnsureSuccessStatusCode();

        (await user.GetStringAsync("/read")).Should().Be(FakeDatabase.PrimaryName, "the replica doesn't have his write yet");
        (await other.GetStringAsync("/read")).Should().Be(FakeDatabase.ReplicaName);
        shop.Database.Replicate();
        (await user.GetStringAsync("/read")).Should().Be(FakeDatabase.ReplicaName, "it has it now");
    }

    [Fact]
    public async Task Two_machines_with_the_same_keys_are_one_application()
    {
        var keys = new EphemeralDataProtectionProvider();
        await using var one = await Shop.StartAsync(keys: keys);
        await using var two = await Shop.StartAsync(keys: keys);
        var cookies = new CookieContainer();
        using var atOne = one.Browser(cookies);
        using var atTwo = two.Browser(cookies);

        (await atOne.PostAsync("/write", null)).EnsureSuccessStatusCode();

        (await atTwo.GetStringAsync("/read")).Should().Be(FakeDatabase.PrimaryName);
    }

    [Fact]
    public async Task The_cookie_is_set_once_when_the_token_grows()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Browser();

        Shop.CookieOf(await user.PostAsync("/write-twice", null)).Should().NotBeNull();
        Shop.CookieOf(await user.GetAsync("/read")).Should().BeNull("a read adds nothing to what he knows");
        Shop.CookieOf(await user.PostAsync("/write", null)).Should().NotBeNull();
    }

    [Fact]
    public async Task Without_a_write_nothing_is_set()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Browser();

        var response = await user.GetAsync("/read");

        response.Headers.Contains("Set-Cookie").Should().BeFalse();
        response.Headers.CacheControl.Should().BeNull();
    }

    [Fact]
    public async Task The_cookie_is_kept_from_scripts_and_other_sites_and_ends()
    {
        await using var shop = await Shop.StartAsync(o => o.Lifetime = TimeSpan.FromSeconds(90));
        using var user = shop.Browser();

        var cookie = Shop.SetCookies(await user.PostAsync("/write", null)).Should().ContainSingle().Which;

        cookie.Split("; ")[1..].Should().BeEquivalentTo("max-age=90", "path=/", "samesite=lax", "httponly");
        cookie.Should().NotContain("0-1-101", "it is encrypted");
    }

    [Theory]
    [InlineData("https", false, true)]
    [InlineData("http", true, true)]
    [InlineData("http", false, false)]
    public async Task The_cookie_is_for_https_alone_where_the_request_or_the_option_says_so(string scheme, bool isAlwaysSecure, bool expected)
    {
        await using var shop = await Shop.StartAsync(o => o.CookieIsAlwaysSecure = isAlwaysSecure, before: app => app.Use((HttpContext context, RequestDelegate next) =>
        {
            context.Request.Scheme = scheme; // as forwarded headers do
            return next(context);
        }));
        using var user = shop.Client();

        Shop.SetCookies(await user.PostAsync("/write", null))[0].Contains("; secure", StringComparison.Ordinal).Should().Be(expected);
    }

    [Theory]
    [InlineData("0-1-999999")]
    [InlineData("!no_base64!")]
    [InlineData("AAAA")]
    public async Task A_cookie_that_was_not_issued_is_ignored_and_said_at_debug(string value)
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();

        var response = await user.SendAsync(Shop.With("GET", "/read", "Cookie", $"{Shop.Cookie}={value}"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().Be(FakeDatabase.ReplicaName);
        shop.Database.Reads.Should().Equal([ReadConsistency.Eventual], "nobody makes a read wait for a token that nobody issued");
        shop.Log.Lines.Where(l => l.Id == 3201).Should().ContainSingle().Which.Level.Should().Be(LogLevel.Debug);
    }

    [Fact]
    public async Task A_cookie_that_was_tampered_with_is_ignored_at_every_character()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();
        var issued = Shop.CookieOf(await user.PostAsync("/write", null))!;

        for (var i = 0; i < issued.Length - 1; i++) // the last one may hold bits of nothing
        {
            var tampered = $"{issued[..i]}{(issued[i] == 'A' ? 'B' : 'A')}{issued[(i + 1)..]}";
            (await ReadAsync(user, tampered)).Should().Be(FakeDatabase.ReplicaName, $"character {i} is another");
        }

        (await ReadAsync(user, issued)).Should().Be(FakeDatabase.PrimaryName, "as it was issued it is good");
    }

    [Fact]
    public async Task A_cookie_of_foreign_keys_is_ignored()
    {
        await using var foreign = await Shop.StartAsync();
        await using var shop = await Shop.StartAsync();
        using var user = foreign.Client();
        var issued = Shop.CookieOf(await user.PostAsync("/write", null))!;
        using var here = shop.Client();

        (await ReadAsync(here, issued)).Should().Be(FakeDatabase.ReplicaName);
    }

    [Fact]
    public async Task What_the_same_keys_protected_for_anything_else_is_ignored()
    {
        var keys = new EphemeralDataProtectionProvider();
        await using var shop = await Shop.StartAsync(keys: keys);
        using var user = shop.Client();

        (await ReadAsync(user, keys.CreateProtector("Another").Protect("0-1-999"))).Should().Be(FakeDatabase.ReplicaName);
    }

    [Theory]
    [InlineData(299, FakeDatabase.PrimaryName)]
    [InlineData(300, FakeDatabase.ReplicaName)]
    [InlineData(-299, FakeDatabase.PrimaryName)] // machines' clocks differ
    [InlineData(-300, FakeDatabase.ReplicaName)]
    public async Task A_cookie_is_good_for_its_lifetime_whatever_the_browser_thinks(int ageS, string answering)
    {
        var keys = new EphemeralDataProtectionProvider();
        await using var issuer = await Shop.StartAsync(keys: keys);
        await using var shop = await Shop.StartAsync(keys: keys);
        using var user = issuer.Client();
        var issued = Shop.CookieOf(await user.PostAsync("/write", null))!;
        shop.Clock.AutoAdvanceAmount = TimeSpan.Zero;
        shop.Clock.AdjustTime(issuer.Clock.GetUtcNow().AddSeconds(ageS));
        using var here = shop.Client();

        (await ReadAsync(here, issued)).Should().Be(answering);
    }

    [Fact]
    public async Task An_oversized_cookie_is_ignored()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();

        (await ReadAsync(user, new string('A', CausalTokenOptions.CookieLengthMax + 1))).Should().Be(FakeDatabase.ReplicaName);
        shop.Log.Lines.Should().Contain(l => l.Id == 3201 && l.Text.Contains("3800"));
    }

    [Fact]
    public async Task A_token_names_the_writes_before_it_too()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Browser();
        await user.PostAsync("/write", null);
        shop.Database.TokenText = number => $"7-1-{number}"; // a second primary's domain

        await user.PostAsync("/write", null);
        await user.GetAsync("/read");

        shop.Database.Reads.Select(r => r.ToString()).Should().Equal("after 0-1-101,7-1-102");
    }

    [Fact]
    public async Task Of_two_writes_at_a_time_the_cookie_whose_response_comes_last_wins()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();
        var first = Shop.CookieOf(await user.PostAsync("/write", null))!;
        var second = Shop.CookieOf(await user.PostAsync("/write", null))!; // it began without the first one's

        await ReadAsync(user, first);
        await ReadAsync(user, second);

        shop.Database.Reads.Select(r => r.ToString()).Should().Equal(
            ["after 0-1-101", "after 0-1-102"], "a browser keeps one of them; if it is the earlier commit's, the later one is read as others read it");
    }

    private static async Task<string> ReadAsync(HttpClient user, string cookie)
    {
        using var response = await user.SendAsync(Shop.With("GET", "/read", "Cookie", $"{Shop.Cookie}={cookie}"));
        return await response.Content.ReadAsStringAsync();
    }
}
