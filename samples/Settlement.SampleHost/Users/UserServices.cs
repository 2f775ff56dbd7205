using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Reports;

namespace Settlement.SampleHost.Users;

/// <summary>Registers accounts, authentication and authorisation.</summary>
internal static class UserServices
{
    private const string CookieOrBearer = "cookie-or-bearer";

    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan SessionLife = TimeSpan.FromHours(12);

    public static void AddUsers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<UserTable>();
        services.AddSingleton<LoginSessionTable>();
        services.AddSingleton<LoginThrottle>();
        services.AddIdentityCore<PlatformUser>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                identity.User.AllowedUserNameCharacters = "";

                // Length makes a password strong; composition rules only make it hard to remember (NIST SP 800-63B).
                identity.Password.RequiredLength = 10;
                identity.Password.RequiredUniqueChars = 4;
                identity.Password.RequireDigit = identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = identity.Password.RequireNonAlphanumeric = false;

                // LoginThrottle limits attacks; a lockout would also exclude the owner.
                identity.Lockout.AllowedForNewUsers = false;
            })
            .AddRoles<PlatformRole>()
            .AddRoleStore<RoleStore>()
            .AddUserStore<UserStore>()
            .AddPasswordValidator<PasswordRules>()
            .AddClaimsPrincipalFactory<PrincipalFactory>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
        services.AddScoped<Accounts>();
        services.AddScoped<PasswordCheck>();
        services.AddScoped<SignIns>();
        services.AddScoped<AccountRecovery>();
        services.AddScoped<AccountExport>();
        services.AddScoped<FirstAdmin>();

        var authentication = services.AddAuthentication(CookieOrBearer)
            .AddPolicyScheme(CookieOrBearer, displayName: null, policy => policy.ForwardDefaultSelector = context =>
                AntiforgeryFilter.IsBearer(context.Request) ? IdentityConstants.BearerScheme : IdentityConstants.ApplicationScheme)
            .AddBearerToken(IdentityConstants.BearerScheme, bearer => bearer.BearerTokenExpiration = TokenLife);
        authentication.AddIdentityCookies(cookies => cookies.ApplicationCookie!.Configure(cookie =>
        {
            cookie.Cookie.Name = "settlement.session";
            cookie.LoginPath = "/login";
            cookie.AccessDeniedPath = "/denied";
            cookie.ExpireTimeSpan = SessionLife;
            cookie.SlidingExpiration = true;
            cookie.Events.OnSigningIn = BeginSessionAsync;

            // StampCheck validates each request. Identity's validator would recreate the principal without the login session.
            cookie.Events.OnValidatePrincipal = _ => Task.CompletedTask;
            cookie.Events.OnCheckSlidingExpiration = context => context.ShouldRenew
                ? Sessions(context.HttpContext).ProlongAsync(context.Principal!, SessionLife, context.HttpContext.RequestAborted)
                : Task.CompletedTask;
            cookie.Events.OnSignedIn = context => Devices.RecordAsync(context.HttpContext, context.Principal!);
            cookie.Events.OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized);
            cookie.Events.OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden);
        }));
        authentication.AddExternalLogin(configuration);
        services.AddAuthorizationBuilder()
            .AddPolicy(Roles.Creator, policy => policy.RequireRole(Roles.Creator))
            .AddPolicy(ReportRoutes.EarningsPolicy, policy => policy.RequireRole(Roles.Creator, Roles.Admin))
            .AddPolicy(Roles.Admin, policy => policy.RequireRole(Roles.Admin));
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.HeaderName = AntiforgeryFilter.Header;
            antiforgery.Cookie.Name = "settlement.antiforgery";
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        RateLimits.Add(services, configuration);
    }

    /// <summary>Starts a login session for a new cookie and ends that of the previous cookie.</summary>
    private static async Task BeginSessionAsync(CookieSigningInContext context)
    {
        var (sessions, http) = (Sessions(context.HttpContext), context.HttpContext);
        await sessions.EndAsync(http.User, http.RequestAborted);
        var id = await sessions.BeginAsync(
            context.Principal!.FindFirstValue(ClaimTypes.NameIdentifier)!, SessionOrigin.Of(http, SessionKind.Browser), SessionLife,
            http.RequestAborted);
        ((ClaimsIdentity)context.Principal!.Identity!).AddClaims(LoginSessionTable.Claims(id));
    }

    private static LoginSessionTable Sessions(HttpContext context) => context.RequestServices.GetRequiredService<LoginSessionTable>();

    /// <summary>Redirects a page to the login; returns the status to an API request.</summary>
    private static Task AnswerAsync<T>(RedirectContext<T> context, int status)
        where T : AuthenticationSchemeOptions
    {
        if (context.HttpContext.IsApi())
        {
            context.Response.StatusCode = status;
        }
        else
        {
            // A relative address, independent of the Host header.
            var address = Uri.TryCreate(context.RedirectUri, UriKind.Absolute, out var uri) ? uri.PathAndQuery : context.RedirectUri;
            context.Response.Redirect(StampCheck.HasEnded(context.HttpContext) ? $"{address}&ended=true" : address);
        }

        return Task.CompletedTask;
    }
}
