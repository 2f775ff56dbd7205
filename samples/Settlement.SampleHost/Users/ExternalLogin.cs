using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Login with an OpenID Connect provider. Configuration section <c>OpenIdConnect</c>: <c>Authority</c>, <c>ClientId</c>,
/// <c>ClientSecret</c> and any other option of the handler. Disabled without the section.
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

            // The provider redirects with GET, so that SameSite=Lax cookies are sent.
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
        signIn.ConfigureExternalAuthenticationProperties(Scheme, $"{Path}/done?returnUrl={Uri.EscapeDataString(Local(returnUrl))}"),
        [Scheme]);

    /// <summary>
    /// Handles the return from the provider: logs in the linked account, or creates one. An existing account with the same e-mail address
    /// is not linked; its owner logs in with the password.
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
        return VisibleText.RemoveInvisible(name.Trim(), Accounts.DisplayNameLengthMax);
    }

    /// <summary>Returns a local path; prevents open redirects to other hosts.</summary>
    private static string Local(string? url) => url is ['/', not ('/' or '\\'), ..] ? url : "/";
}
