using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Logging in at an OpenID Connect provider. The section <c>OpenIdConnect</c> has its <c>Authority</c>, <c>ClientId</c> and <c>ClientSecret</c>, and
/// any other option of the handler; without the section there is none.
/// </summary>
internal static class ExternalLogin
{
    public const string Section = "OpenIdConnect";
    public const string Scheme = "oidc";
    public const string Path = "/account/external";

    public static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[$"{Section}:Authority"]);

    public static void AddExternalLogin(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        if (!IsConfigured(configuration))
            return;
        authentication.AddOpenIdConnect(Scheme, configuration[$"{Section}:DisplayName"] ?? "OpenID Connect", oidc =>
        {
            oidc.SignInScheme = IdentityConstants.ExternalScheme;
            oidc.ResponseType = OpenIdConnectResponseType.Code;
            oidc.Scope.Add("email");

            // The provider sends the browser back by a link, so that these cookies need not travel with other sites' posts.
            oidc.ResponseMode = OpenIdConnectResponseMode.Query;
            oidc.CorrelationCookie.SameSite = oidc.NonceCookie.SameSite = SameSiteMode.Lax;
            oidc.CorrelationCookie.SecurePolicy = oidc.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            configuration.GetSection(Section).Bind(oidc);
        });
    }

    public static void MapExternalLogin(this IEndpointRouteBuilder app, IConfiguration configuration)
    {
        if (!IsConfigured(configuration))
            return;
        app.MapGet(Path, Challenge).ExcludeFromDescription();
        app.MapGet($"{Path}/done", DoneAsync).ExcludeFromDescription();
    }

    private static ChallengeHttpResult Challenge(SignInManager<PlatformUser> signIn, string? returnUrl) => TypedResults.Challenge(
        signIn.ConfigureExternalAuthenticationProperties(Scheme, $"{Path}/done?returnUrl={Uri.EscapeDataString(Local(returnUrl))}"), [Scheme]);

    /// <summary>
    /// Back from the provider. An account that is known by this login is logged in; else one is made. An account that has the same e-mail address
    /// is not taken over: whoever has it logs in as ever.
    /// </summary>
    private static async Task<RedirectHttpResult> DoneAsync(
        SignInManager<PlatformUser> signIn, Accounts accounts, string? returnUrl, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await signIn.GetExternalLoginInfoAsync() is not { } info)
            return TypedResults.LocalRedirect("~/login?error=external");
        var known = await signIn.ExternalLoginSignInAsync(info.LoginProvider, info.ProviderKey, isPersistent: false, bypassTwoFactor: true);
        if (known.Succeeded)
            return TypedResults.LocalRedirect($"~{Local(returnUrl)}");
        if (known.IsLockedOut)
            return TypedResults.LocalRedirect("~/login?error=locked");

        try
        {
            var email = info.Principal.FindFirstValue(ClaimTypes.Email) ?? info.Principal.FindFirstValue("email");
            var user = await accounts.SignUpAsync(email, password: null, Name(info.Principal, email));
            await signIn.UserManager.AddLoginAsync(user, info);
            await signIn.SignInAsync(user, isPersistent: false, info.LoginProvider);
            return TypedResults.LocalRedirect($"~{Local(returnUrl)}");
        }
        catch (PlatformException e)
        {
            return TypedResults.LocalRedirect(e.Status == StatusCodes.Status409Conflict ? "~/login?error=taken" : "~/login?error=external");
        }
    }

    private static string Name(ClaimsPrincipal principal, string? email)
    {
        var name = principal.FindFirstValue("name") ?? principal.FindFirstValue(ClaimTypes.Name) ?? email?.Split('@')[0] ?? "";
        return VisibleText.Kept(name.Trim(), Accounts.DisplayNameLengthMax);
    }

    /// <summary>Only pages of this host: a link must not lead a logged-in person elsewhere.</summary>
    private static string Local(string? url) => url is ['/', not ('/' or '\\'), ..] ? url : "/";
}
