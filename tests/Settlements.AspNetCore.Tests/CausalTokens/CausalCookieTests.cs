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
    public async Task A_user_reads_their_own_write_in_the_next_request_and_others_read_from_the_replica()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Browser();
        using var other = shop.Browser();

        (await user.PostAsync("/write", null)).EnsureSuccessStatusCode();

        (await user.GetStringAsync("/read")).Should().Be(FakeDatabase.PrimaryName, "the replica doesn't have the write yet");
        (await other.GetStringAsync("/read")).Should().Be(FakeDatabase.ReplicaName);
        shop.Database.Replicate();
        (await user.GetStringAsync("/read")).Should().Be(FakeDatabase.ReplicaName, "it has it now");
    }

    [Fact]
    public async Task Instances_with_the_same_keys_accept_each_others_tokens()
    {
        var keys = new EphemeralDataProtectionProvider();
        await using var first = await Shop.StartAsync(keys: keys);
        await using var second = await Shop.StartAsync(keys: keys);
        var cookies = new CookieContainer();
        using var toFirst = first.Browser(cookies);
        using var toSecond = second.Browser(cookies);

        (await toFirst.PostAsync("/write", null)).EnsureSuccessStatusCode();

        (await toSecond.GetStringAsync("/read")).Should().Be(FakeDatabase.PrimaryName);
    }

    [Fact]
    public async Task The_cookie_is_set_once_per_response_and_only_after_a_write()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Browser();

        Shop.CookieOf(await user.PostAsync("/write-twice", null)).Should().NotBeNull();
        Shop.CookieOf(await user.GetAsync("/read")).Should().BeNull("the client already has the token");
        Shop.CookieOf(await user.PostAsync("/write", null)).Should().NotBeNull();
    }

    [Fact]
    public async Task A_response_to_a_first_read_has_no_cookie_and_no_cache_control()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Browser();

        var response = await user.GetAsync("/read");

        response.Headers.Contains("Set-Cookie").Should().BeFalse();
        response.Headers.CacheControl.Should().BeNull();
    }

    [Fact]
    public async Task The_cookie_has_max_age_path_same_site_and_http_only()
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
    public async Task The_cookie_is_secure_with_HTTPS_or_the_option(string scheme, bool isAlwaysSecure, bool expected)
    {
        await using var shop = await Shop.StartAsync(
            o => o.CookieIsAlwaysSecure = isAlwaysSecure,
            before: app => app.Use((HttpContext context, RequestDelegate next) =>
            {
                context.Request.Scheme = scheme; // like the forwarded headers middleware
                return next(context);
            }));
        using var user = shop.Client();

        Shop.SetCookies(await user.PostAsync("/write", null))[0].Contains("; secure", StringComparison.Ordinal).Should().Be(expected);
    }

    [Theory]
    [InlineData("0-1-999999")]
    [InlineData("!no_base64!")]
    [InlineData("AAAA")]
    public async Task A_cookie_that_was_not_issued_is_ignored_and_logged_at_debug_level(string value)
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();

        var response = await user.SendAsync(Shop.With("GET", "/read", "Cookie", $"{Shop.Cookie}={value}"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().Be(FakeDatabase.ReplicaName);
        shop.Database.Reads.Should().Equal([ReadConsistency.Eventual], "a forged token makes no read wait");
        shop.Log.Lines.Where(l => l.Id == 3201).Should().ContainSingle().Which.Level.Should().Be(LogLevel.Debug);
    }

    [Fact]
    public async Task A_cookie_with_any_character_changed_is_ignored()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();
        var issued = Shop.CookieOf(await user.PostAsync("/write", null))!;

        for (var i = 0; i < issued.Length - 1; i++) // the last one may have unused bits
        {
            var tampered = $"{issued[..i]}{(issued[i] == 'A' ? 'B' : 'A')}{issued[(i + 1)..]}";
            (await ReadAsync(user, tampered)).Should().Be(FakeDatabase.ReplicaName, $"character {i} was changed");
        }

        (await ReadAsync(user, issued)).Should().Be(FakeDatabase.PrimaryName, "the unchanged cookie is valid");
    }

    [Fact]
    public async Task A_cookie_of_an_application_with_other_keys_is_ignored()
    {
        await using var foreign = await Shop.StartAsync();
        await using var shop = await Shop.StartAsync();
        using var user = foreign.Client();
        var issued = Shop.CookieOf(await user.PostAsync("/write", null))!;
        using var here = shop.Client();

        (await ReadAsync(here, issued)).Should().Be(FakeDatabase.ReplicaName);
    }

    [Fact]
    public async Task A_payload_protected_for_another_purpose_is_ignored()
    {
        var keys = new EphemeralDataProtectionProvider();
        await using var shop = await Shop.StartAsync(keys: keys);
        using var user = shop.Client();

        (await ReadAsync(user, keys.CreateProtector("Another").Protect("0-1-999"))).Should().Be(FakeDatabase.ReplicaName);
    }

    [Theory]
    [InlineData(299, FakeDatabase.PrimaryName)]
    [InlineData(300, FakeDatabase.ReplicaName)]
    [InlineData(-299, FakeDatabase.PrimaryName)] // clocks of machines differ
    [InlineData(-300, FakeDatabase.ReplicaName)]
    public async Task A_cookie_expires_on_the_server_after_its_lifetime(int ageS, string server)
    {
        var keys = new EphemeralDataProtectionProvider();
        await using var issuer = await Shop.StartAsync(keys: keys);
        await using var shop = await Shop.StartAsync(keys: keys);
        using var user = issuer.Client();
        var issued = Shop.CookieOf(await user.PostAsync("/write", null))!;
        shop.Clock.AutoAdvanceAmount = TimeSpan.Zero;
        shop.Clock.AdjustTime(issuer.Clock.GetUtcNow().AddSeconds(ageS));
        using var here = shop.Client();

        (await ReadAsync(here, issued)).Should().Be(server);
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
    public async Task A_token_includes_earlier_writes()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Browser();
        await user.PostAsync("/write", null);
        shop.Database.TokenText = number => $"7-1-{number}"; // the domain of a second primary

        await user.PostAsync("/write", null);
        await user.GetAsync("/read");

        shop.Database.Reads.Select(r => r.ToString()).Should().Equal("after 0-1-101,7-1-102");
    }

    [Fact]
    public async Task Cookies_of_concurrent_writes_do_not_include_each_other()
    {
        await using var shop = await Shop.StartAsync();
        using var user = shop.Client();
        var first = Shop.CookieOf(await user.PostAsync("/write", null))!;
        var second = Shop.CookieOf(await user.PostAsync("/write", null))!; // it was sent without the first cookie

        await ReadAsync(user, first);
        await ReadAsync(user, second);

        shop.Database.Reads.Select(r => r.ToString()).Should().Equal(
            ["after 0-1-101", "after 0-1-102"], "a browser stores only the last cookie it receives, which "
                + "may be that of the earlier commit");
    }

    private static async Task<string> ReadAsync(HttpClient user, string cookie)
    {
        using var response = await user.SendAsync(Shop.With("GET", "/read", "Cookie", $"{Shop.Cookie}={cookie}"));
        return await response.Content.ReadAsStringAsync();
    }
}
