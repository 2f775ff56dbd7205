using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary><c>/api/users</c>: accounts, logging in and out, roles.</summary>
internal static class UserRoutes
{
    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Users");
        users.MapGet("/antiforgery", Antiforgery).WithSummary("The value of X-CSRF-TOKEN, which writes by cookie need");
        users.MapPost("/", SignUpAsync).RequireRateLimiting(RateLimits.SignUp).WithMetadata(NoReplay.Instance, IgnoresToken.Instance)
            .WithSummary("Signs up: a new account is a viewer's");
        users.MapPost("/token", TokenAsync).RequireRateLimiting(RateLimits.LogIn).WithMetadata(NoReplay.Instance, IgnoresToken.Instance)
            .WithSummary("Logs in: a bearer token for programs");
        users.MapPost("/token/refresh", RefreshAsync).RequireRateLimiting(RateLimits.LogIn).WithMetadata(NoReplay.Instance, IgnoresToken.Instance)
            .WithSummary("A new bearer token for a refresh token, which works once");
        users.MapPost("/session", LogInAsync).RequireRateLimiting(RateLimits.LogIn)
            .WithMetadata(NoReplay.Instance, NeedsAntiforgery.Instance, IgnoresToken.Instance)
            .WithSummary("Logs in: a cookie for pages");
        users.MapDelete("/session", LogOutAsync).WithMetadata(IgnoresToken.Instance)
            .WithSummary("Logs out: ends the session of the cookie or the bearer token");

        users.MapGet("/me", ShowAsync).RequireAuthorization().WithSummary("One's own account");
        users.MapDelete("/me", DeleteAsync).RequireAuthorization().RequireRateLimiting(RateLimits.LogIn)
            .WithSummary("Deletes one's own account; what was settled stays");
        users.MapPut("/me/name", ChangeNameAsync).RequireAuthorization().WithSummary("Changes the name that others see");
        users.MapPut("/me/password", ChangePasswordAsync).RequireAuthorization().RequireRateLimiting(RateLimits.LogIn).WithMetadata(NoReplay.Instance)
            .WithSummary("Changes the password; all sessions of the account end");
        users.MapPut("/me/email", ChangeEmailAsync).RequireAuthorization().RequireRateLimiting(RateLimits.LogIn).WithMetadata(NoReplay.Instance)
            .WithSummary("Changes the address that one logs in with; all sessions of the account end");
        users.MapDelete("/me/sessions", LogOutEverywhereAsync).RequireAuthorization().WithSummary("Logs out everywhere: all cookies and tokens of the account");
        users.MapPost("/me/studio-request", RequestStudioAsync).RequireAuthorization().WithSummary("Asks to become a creator");

        users.MapGet("/", ListAsync).RequireAuthorization(Roles.Admin).WithSummary("Accounts, the newest first, page by page");
        users.MapPut("/{userId}/roles", SetRolesAsync).RequireAuthorization(Roles.Admin).WithSummary("Gives an account its roles");
    }

    private static Ok<AntiforgeryToken> Antiforgery(HttpContext context, IAntiforgery antiforgery) =>
        TypedResults.Ok(new AntiforgeryToken(antiforgery.GetAndStoreTokens(context).RequestToken!));

    private static async Task<Created<Account>> SignUpAsync(SignUp body, Accounts accounts, CancellationToken cancellationToken)
    {
        var user = await accounts.SignUpAsync(body.Email, body.Password ?? "", body.DisplayName);
        return TypedResults.Created("/api/users/me", await accounts.ShowAsync(user.UserId, cancellationToken));
    }

    private static async Task<SignInHttpResult> TokenAsync(LogIn body, SignIns signIns, CancellationToken cancellationToken) => TypedResults.SignIn(
        await signIns.PrincipalAsync(await signIns.CheckAsync(body.Email, body.Password, cancellationToken), cancellationToken),
        authenticationScheme: IdentityConstants.BearerScheme);

    private static async Task<SignInHttpResult> RefreshAsync(Refresh body, SignIns signIns, CancellationToken cancellationToken) => TypedResults.SignIn(
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

    private static async Task<Ok<Account>> ShowAsync(Caller caller, Accounts accounts, CancellationToken cancellationToken) =>
        TypedResults.Ok(await accounts.ShowAsync(caller.RequireUserId(), cancellationToken));

    private static async Task<Ok<Account>> ChangeNameAsync(Name body, Caller caller, Accounts accounts, CancellationToken cancellationToken)
    {
        await accounts.ChangeNameAsync(caller.RequireUserId(), body.DisplayName, cancellationToken);
        return TypedResults.Ok(await accounts.ShowAsync(caller.RequireUserId(), cancellationToken));
    }

    private static async Task<NoContent> ChangePasswordAsync(
        NewPassword body, Caller caller, Accounts accounts, CancellationToken cancellationToken)
    {
        await accounts.ChangePasswordAsync(caller.RequireUserId(), body.Password, body.Next, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ChangeEmailAsync(NewEmail body, Caller caller, Accounts accounts, CancellationToken cancellationToken)
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
        Accounts accounts, CancellationToken cancellationToken, string? search = null, string? after = null, int count = Paging.CountDefault,
        bool onlyRequests = false)
    {
        var page = await accounts.ListAsync(search, after, Paging.Checked(count), onlyRequests, cancellationToken);
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

    /// <param name="Password">The present one.</param>
    /// <param name="Next">The new one.</param>
    internal sealed record NewPassword(string? Password, [property: System.Text.Json.Serialization.JsonPropertyName("newPassword")] string? Next);

    internal sealed record NewEmail(string? Password, string? Email);

    internal sealed record RoleList(IReadOnlyList<string>? Roles);

    internal sealed record AntiforgeryToken(string Token);
}
