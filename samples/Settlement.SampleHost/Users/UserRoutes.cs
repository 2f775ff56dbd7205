using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>Endpoints under <c>/api/users</c>: accounts, login, logout and roles.</summary>
internal static class UserRoutes
{
    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Users");
        users.MapGet("/antiforgery", Antiforgery).WithSummary("Get the X-CSRF-TOKEN value for writes authenticated by cookie");
        users.MapPost("/", SignUpAsync).RequireRateLimiting(RateLimits.SignUp).WithMetadata(NoReplay.Instance, IgnoresToken.Instance)
            .WithSummary("Sign up; a new account has the role viewer");
        users.MapPost("/token", TokenAsync).RequireRateLimiting(RateLimits.LogIn).WithMetadata(NoReplay.Instance, IgnoresToken.Instance)
            .WithSummary("Log in a program: returns a bearer token");
        users.MapPost("/token/refresh", RefreshAsync).RequireRateLimiting(RateLimits.LogIn).WithMetadata(
            NoReplay.Instance, IgnoresToken.Instance)
            .WithSummary("Exchange a refresh token, valid once, for a new bearer token");
        users.MapPost("/session", LogInAsync).RequireRateLimiting(RateLimits.LogIn)
            .WithMetadata(NoReplay.Instance, NeedsAntiforgery.Instance, IgnoresToken.Instance)
            .WithSummary("Log in a browser: sets a cookie");
        users.MapDelete("/session", LogOutAsync).WithMetadata(IgnoresToken.Instance)
            .WithSummary("Log out: ends the login session of the cookie or bearer token");

        users.MapPost("/password-reset", RequestReset).RequireRateLimiting(RateLimits.Mail)
            .WithMetadata(NoReplay.Instance, IgnoresToken.Instance)
            .WithSummary("Request a mail with a link to reset the password; the response is the same for unknown addresses");
        users.MapPost("/password-reset/complete", ResetAsync).RequireRateLimiting(RateLimits.LogIn)
            .WithMetadata(NoReplay.Instance, IgnoresToken.Instance)
            .WithSummary("Set a new password with the token of the link; ends all login sessions of the account");
        users.MapPost("/me/verification", RequestVerificationAsync).RequireAuthorization().RequireRateLimiting(RateLimits.Mail)
            .WithMetadata(NoReplay.Instance).WithSummary("Request a mail with a link to verify the e-mail address");
        users.MapPost("/verification/complete", VerifyAsync).RequireRateLimiting(RateLimits.LogIn)
            .WithMetadata(NoReplay.Instance, IgnoresToken.Instance).WithSummary("Verify the e-mail address with the token of the link");

        users.MapGet("/me", ShowAsync).RequireAuthorization().WithSummary("Get the caller's account");
        users.MapGet("/me/export", Export).RequireAuthorization().RequireRateLimiting(RateLimits.Export)
            .WithSummary("Download everything that is stored about the caller's account, as JSON");
        users.MapDelete("/me", DeleteAsync).RequireAuthorization().RequireRateLimiting(RateLimits.LogIn)
            .WithSummary("Delete the caller's account; published lines stay");
        users.MapPut("/me/name", ChangeNameAsync).RequireAuthorization().WithSummary("Change the display name");
        users.MapPut("/me/password", ChangePasswordAsync).RequireAuthorization().RequireRateLimiting(RateLimits.LogIn)
            .WithMetadata(NoReplay.Instance)
            .WithSummary("Change the password; ends all login sessions of the account");
        users.MapPut("/me/email", ChangeEmailAsync).RequireAuthorization().RequireRateLimiting(RateLimits.LogIn)
            .WithMetadata(NoReplay.Instance)
            .WithSummary("Change the e-mail address; ends all login sessions of the account");
        users.MapGet("/me/sessions", ListSessionsAsync).RequireAuthorization().WithSummary(
            "List the active login sessions, last used first");
        users.MapDelete("/me/sessions/{sessionId}", LogOutSessionAsync).RequireAuthorization().WithSummary("End a login session");
        users.MapDelete("/me/sessions/others", LogOutOthersAsync).RequireAuthorization()
            .WithSummary("End all login sessions except that of the request");
        users.MapDelete("/me/sessions", LogOutEverywhereAsync).RequireAuthorization()
            .WithSummary("Log out everywhere: ends all login sessions of the account");
        users.MapPost("/me/studio-request", RequestStudioAsync).RequireAuthorization().WithSummary("Request to become a creator");

        users.MapGet("/", ListAsync).RequireAuthorization(Roles.Admin).WithSummary("List accounts, newest first");
        users.MapPut("/{userId}/roles", SetRolesAsync).RequireAuthorization(Roles.Admin).WithSummary("Replace the roles of an account");
    }

    private static Ok<AntiforgeryToken> Antiforgery(HttpContext context, IAntiforgery antiforgery) =>
        TypedResults.Ok(new AntiforgeryToken(antiforgery.GetAndStoreTokens(context).RequestToken!));

    private static async Task<Created<Account>> SignUpAsync(SignUp body, Accounts accounts, CancellationToken cancellationToken)
    {
        var user = await accounts.SignUpAsync(body.Email, body.Password ?? "", body.DisplayName);
        return TypedResults.Created("/api/users/me", await accounts.GetAsync(user.UserId, cancellationToken));
    }

    private static async Task<SignInHttpResult> TokenAsync(LogIn body, SignIns signIns, CancellationToken cancellationToken) =>
        TypedResults.SignIn(
        await signIns.PrincipalAsync(await signIns.CheckAsync(body.Email, body.Password, cancellationToken), cancellationToken),
        authenticationScheme: IdentityConstants.BearerScheme);

    private static async Task<SignInHttpResult> RefreshAsync(Refresh body, SignIns signIns, CancellationToken cancellationToken) =>
        TypedResults.SignIn(
        await signIns.RefreshAsync(body.RefreshToken, cancellationToken), authenticationScheme: IdentityConstants.BearerScheme);

    private static async Task<NoContent> LogInAsync(LogIn body, SignIns signIns, CancellationToken cancellationToken)
    {
        await signIns.LogInAsync(body.Email, body.Password, isPersistent: false, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LogOutAsync(SignIns signIns)
    {
        await signIns.LogOutAsync();
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LogOutEverywhereAsync(Caller caller, SignIns signIns)
    {
        await signIns.LogOutEverywhereAsync(caller.RequireUserId());
        return TypedResults.NoContent();
    }

    private static PushStreamHttpResult Export(
        Caller caller, AccountExport export, TimeProvider clock, CancellationToken cancellationToken)
    {
        caller.RequireUserId();
        return TypedResults.Stream(
            stream => export.WriteAsync(stream, caller, cancellationToken), AccountExport.ContentType,
            $"settlement-account-{clock.GetUtcNow():yyyy-MM-dd}.json");
    }

    private static Accepted RequestReset(ResetRequest body, AccountRecovery recovery)
    {
        recovery.RequestReset(body.Email);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<NoContent> ResetAsync(Reset body, AccountRecovery recovery, CancellationToken cancellationToken)
    {
        await recovery.ResetAsync(body.Token, body.NewPassword, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Accepted> RequestVerificationAsync(
        Caller caller, AccountRecovery recovery, CancellationToken cancellationToken)
    {
        await recovery.RequestVerificationAsync(caller.RequireUserId(), cancellationToken);
        return TypedResults.Accepted("/api/users/me");
    }

    private static async Task<NoContent> VerifyAsync(Verification body, AccountRecovery recovery, CancellationToken cancellationToken)
    {
        await recovery.VerifyAsync(body.Token, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<LoginSession>>> ListSessionsAsync(
        Caller caller, SignIns signIns, CancellationToken cancellationToken) =>
        TypedResults.Ok(await signIns.ListAsync(caller.RequireUserId(), cancellationToken));

    private static async Task<NoContent> LogOutSessionAsync(
        string sessionId, Caller caller, SignIns signIns, CancellationToken cancellationToken)
    {
        await signIns.LogOutAsync(caller.RequireUserId(), sessionId, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LogOutOthersAsync(Caller caller, SignIns signIns, CancellationToken cancellationToken)
    {
        await signIns.LogOutOthersAsync(caller.RequireUserId(), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Account>> ShowAsync(Caller caller, Accounts accounts, CancellationToken cancellationToken) =>
        TypedResults.Ok(await accounts.GetAsync(caller.RequireUserId(), cancellationToken));

    private static async Task<Ok<Account>> ChangeNameAsync(Name body, Caller caller, Accounts accounts, CancellationToken cancellationToken)
    {
        await accounts.ChangeNameAsync(caller.RequireUserId(), body.DisplayName, cancellationToken);
        return TypedResults.Ok(await accounts.GetAsync(caller.RequireUserId(), cancellationToken));
    }

    private static async Task<NoContent> ChangePasswordAsync(
        NewPassword body, Caller caller, Accounts accounts, CancellationToken cancellationToken)
    {
        await accounts.ChangePasswordAsync(caller.RequireUserId(), body.Password, body.Next, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ChangeEmailAsync(
        NewEmail body, Caller caller, Accounts accounts, CancellationToken cancellationToken)
    {
        await accounts.ChangeEmailAsync(caller.RequireUserId(), body.Password, body.Email, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteAsync(
        Caller caller, [FromBody] Deletion body, Accounts accounts, SignIns signIns, CancellationToken cancellationToken)
    {
        await accounts.DeleteAsync(caller.RequireUserId(), body.Password, body.Email, cancellationToken);
        await signIns.LogOutAsync();
        return TypedResults.NoContent();
    }

    private static async Task<Accepted> RequestStudioAsync(Caller caller, Accounts accounts, CancellationToken cancellationToken)
    {
        await accounts.RequestStudioAsync(caller.RequireUserId(), cancellationToken);
        return TypedResults.Accepted("/api/users/me");
    }

    private static async Task<Ok<Page<Account>>> ListAsync(
        Accounts accounts, CancellationToken cancellationToken, string? search = null, string? after = null,
        int count = Paging.CountDefault,
        bool onlyRequests = false)
    {
        var page = await accounts.ListAsync(search, after, Paging.Validate(count), onlyRequests, cancellationToken);
        return TypedResults.Ok(Page.Of(page, count, a => a.Id));
    }

    private static async Task<Ok<Account>> SetRolesAsync(
        string userId, RoleList body, Caller caller, Accounts accounts, CancellationToken cancellationToken) =>
        TypedResults.Ok(await accounts.SetRolesAsync(caller, userId, body.Roles ?? [], cancellationToken));

    internal sealed record SignUp(string? Email, string? Password, string? DisplayName);

    internal sealed record LogIn(string? Email, string? Password);

    internal sealed record Refresh(string? RefreshToken);

    internal sealed record Deletion(string? Password, string? Email);

    internal sealed record Name(string? DisplayName);

    /// <summary>The body of a password change.</summary>
    /// <param name="Password">The current password.</param>
    /// <param name="Next">The new password.</param>
    internal sealed record NewPassword(
        string? Password, [property: System.Text.Json.Serialization.JsonPropertyName("newPassword")] string? Next);

    internal sealed record NewEmail(string? Password, string? Email);

    internal sealed record ResetRequest(string? Email);

    internal sealed record Reset(string? Token, string? NewPassword);

    internal sealed record Verification(string? Token);

    internal sealed record RoleList(IReadOnlyList<string>? Roles);

    internal sealed record AntiforgeryToken(string Token);
}
