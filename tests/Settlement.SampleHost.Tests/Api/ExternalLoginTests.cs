using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>External login with an OpenID Connect provider that the test starts; its only user always consents.</summary>
public sealed class ExternalLoginTests : IAsyncLifetime
{
    private const string ClientId = "settlement";
    private const string ClientSecret = "provider-secret";

    private WebApplication? _provider;
    private string _email = "ann@provider.example";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            server.RegisterScopes(Scopes.Email, Scopes.Profile);
            server.EnableDegradedMode();
            server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            server.UseAspNetCore().DisableTransportSecurityRequirement();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId)
                    context.Reject(Errors.InvalidClient, "The client is unknown.");
                return default;
            }));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.ClientSecret != ClientSecret)
                    context.Reject(Errors.InvalidClient, "The client's secret is wrong.");
                return default;
            }));
            server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                var identity = new ClaimsIdentity("test");
                identity.SetClaim(Claims.Subject, "person-1").SetClaim(Claims.Email, _email).SetClaim(Claims.Name, "Ann of the provider");
                identity.SetDestinations(_ => [Destinations.IdentityToken]);
                context.Principal = new ClaimsPrincipal(identity);
                context.Principal.SetScopes(context.Request!.GetScopes());
                return default;
            }));
        });
        _provider = builder.Build();
        _provider.UseAuthentication();
        await _provider.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _provider!.DisposeAsync();

    [Fact]
    public async Task An_external_login_creates_an_account_and_later_logs_in_to_it()
    {
        await using var platform = await StartAsync();

        var first = await LogInAsync(platform, "/health");
        var second = await LogInAsync(platform, "https://elsewhere.example/");

        first.Path.Should().Be("/health");
        second.Path.Should().Be("/", "redirects to other hosts are not followed");
        first.Account.GetProperty("email").GetString().Should().Be(_email);
        first.Account.GetProperty("displayName").GetString().Should().Be("Ann of the provider");
        first.Account.GetProperty("roles").EnumerateArray().Select(r => r.GetString()).Should().Equal("viewer");
        second.Account.GetProperty("id").GetString().Should().Be(first.Account.GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_existing_account_with_the_same_address_is_not_linked()
    {
        await using var platform = await StartAsync();
        var ann = await platform.LogInAsync();
        _email = ann.Email;

        using var browser = Browser(platform);
        var answer = await browser.GetAsync(new Uri("/account/external", UriKind.Relative), TestContext.Current.CancellationToken);

        answer.RequestMessage!.RequestUri!.PathAndQuery.Should().Be("/login?error=taken");
        (await new ApiClient(browser).GetAsync("/api/users/me")).Should(401);
    }

    [Fact]
    public async Task An_account_without_a_password_is_deleted_with_its_address()
    {
        await using var platform = await StartAsync();
        using var browser = Browser(platform);
        using var arrived = await browser.GetAsync(
            new Uri("/account/external?returnUrl=/account", UriKind.Relative), TestContext.Current.CancellationToken);
        var page = await arrived.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var client = new ApiClient(browser);
        var token = (await client.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;

        page.Should().Contain("id=\"delete\"").And.Contain("type=\"email\"").And.NotContain("type=\"password\"");
        (await DeleteAsync(new { password = "" })).ShouldBeProblem(403, "e-mail address");
        (await DeleteAsync(new { email = "other@provider.example" })).ShouldBeProblem(403, "e-mail address");
        (await DeleteAsync(new { email = _email })).Should(204);
        (await client.GetAsync("/api/users/me")).Should(401);

        Task<ApiAnswer> DeleteAsync(object body) => client.SendAsync(HttpMethod.Delete, "/api/users/me", body, ("X-CSRF-TOKEN", token));
    }

    [Fact]
    public async Task External_login_is_disabled_without_configuration()
    {
        await using var platform = await PlatformUnderTest.StartAsync();

        (await platform.Anonymous.GetAsync("/account/external")).Should(404);
    }

    private Task<PlatformUnderTest> StartAsync() => PlatformUnderTest.StartAsync(
        isRealTime: true,
        ("OpenIdConnect:Authority",
            _provider!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        ("OpenIdConnect:ClientId", ClientId), ("OpenIdConnect:ClientSecret", ClientSecret), (
            "OpenIdConnect:RequireHttpsMetadata", "false"));

    private static async Task<(string Path, System.Text.Json.JsonElement Account)> LogInAsync(PlatformUnderTest platform, string returnUrl)
    {
        using var browser = Browser(platform);
        using var answer = await browser.GetAsync(
            new Uri($"/account/external?returnUrl={Uri.EscapeDataString(returnUrl)}", UriKind.Relative),
            TestContext.Current.CancellationToken);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (answer.RequestMessage!.RequestUri!.AbsolutePath, (await new ApiClient(browser).GetAsync("/api/users/me")).Should(200).Json);
    }

    private static HttpClient Browser(PlatformUnderTest platform) =>
        new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = platform.Address };
}
