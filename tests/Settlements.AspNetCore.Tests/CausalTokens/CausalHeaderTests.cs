using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Settlements.Routing;

namespace Settlements.AspNetCore.Tests.CausalTokens;

public sealed class CausalHeaderTests
{
    [Fact]
    public async Task A_client_that_returns_the_header_reads_its_own_write()
    {
        await using var shop = await Shop.StartAsync(o => o.Carriers = CausalTokenCarriers.Header);
        using var client = shop.Client();

        var written = await client.PostAsync("/write", null);

        Shop.CookieOf(written).Should().BeNull();
        var token = Shop.HeaderOf(written)!;
        token.Should().NotContain("0-1-101", "it is encrypted");
        (await ReadAsync(client, token)).Should().Be(FakeDatabase.PrimaryName);
        (await ReadAsync(client, "0-1-101")).Should().Be(FakeDatabase.ReplicaName, "a token that was not issued is ignored");
        (await ReadAsync(client, new string('A', CausalTokenOptions.HeaderLengthMax + 1))).Should().Be(FakeDatabase.ReplicaName);
    }

    [Fact]
    public async Task A_client_may_send_the_tokens_of_several_concurrent_requests()
    {
        await using var shop = await Shop.StartAsync(o => o.Carriers = CausalTokenCarriers.Header);
        using var client = shop.Client();
        var first = Shop.HeaderOf(await client.PostAsync("/write", null));
        shop.Database.TokenText = number => $"7-1-{number}";
        var second = Shop.HeaderOf(await client.PostAsync("/write", null));

        await ReadAsync(client, $"{first}, garbage,{second}");

        shop.Database.Reads[0].ToString().Should().Be("after 0-1-101,7-1-102");
    }

    [Fact]
    public async Task A_plain_header_is_the_token_as_plain_text()
    {
        await using var shop = await Shop.StartAsync(
            o => (o.Carriers, o.HeaderIsPlain, o.HeaderName) = (CausalTokenCarriers.Header, true, Shop.Header));
        using var client = shop.Client();

        Shop.HeaderOf(await client.PostAsync("/write", null)).Should().Be("0-1-101");

        (await ReadAsync(client, "0-1-101")).Should().Be(FakeDatabase.PrimaryName);
        (await ReadAsync(client, "0-1-101,0-1-7")).Should().Be(FakeDatabase.PrimaryName);
        (await ReadAsync(client, "'; DROP TABLE play")).Should().Be(FakeDatabase.ReplicaName);
    }

    [Fact]
    public async Task The_tokens_of_cookie_and_header_are_merged()
    {
        await using var shop = await Shop.StartAsync(o => o.Carriers = CausalTokenCarriers.Cookie | CausalTokenCarriers.Header);
        using var client = shop.Client();
        var first = await client.PostAsync("/write", null);
        shop.Database.TokenText = number => $"7-1-{number}";
        var second = await client.PostAsync("/write", null);
        using var request = Shop.With("GET", "/read", "Cookie", $"{Shop.Cookie}={Shop.CookieOf(first)}");
        request.Headers.Add(Shop.Header, Shop.HeaderOf(second));

        using var read = await client.SendAsync(request);

        shop.Database.Reads[0].ToString().Should().Be("after 0-1-101,7-1-102");
        (Shop.CookieOf(read), Shop.HeaderOf(read)).Should().Be((null, null));
    }

    [Fact]
    public void All_errors_of_the_options_are_reported_together()
    {
        using var services = new ServiceCollection().AddCausalTokens(o =>
        {
            o.Carriers = CausalTokenCarriers.None;
            o.CookieName = "a cookie";
            o.HeaderName = "";
            o.HeaderIsPlain = true;
            o.Lifetime = TimeSpan.Zero;
        }).BuildServiceProvider();

        services.Invoking(s => s.GetRequiredService<IOptions<CausalTokenOptions>>().Value).Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().HaveCount(5);
    }

    [Fact]
    public async Task Invalid_options_stop_the_start_of_the_application() =>
        await FluentActions.Invoking(() => Shop.StartAsync(o => o.Lifetime = TimeSpan.FromDays(2)))
            .Should().ThrowAsync<OptionsValidationException>().WithMessage("*Lifetime is 2.00:00:00; use 1 second to 1 day.*");

    [Fact]
    public async Task The_error_for_missing_services_of_the_middleware_names_the_call() =>
        await FluentActions.Invoking(() => App.StartAsync(_ => { }, app => app.UseCausalTokens()))
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("*AddCausalTokens*");

    [Fact]
    public void A_causal_session_that_is_already_registered_is_kept()
    {
        using var database = new FakeDatabase();
        var session = new CausalSession(database);
        using var services = new ServiceCollection().AddScoped(_ => session).AddCausalTokens().BuildServiceProvider();
        using var scope = services.CreateScope();

        scope.ServiceProvider.GetRequiredService<CausalSession>().Should().BeSameAs(session);
    }

    private static async Task<string> ReadAsync(HttpClient client, string token)
    {
        using var response = await client.SendAsync(Shop.With("GET", "/read", Shop.Header, token));
        return await response.Content.ReadAsStringAsync();
    }
}
