using System.Security.Claims;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>The authenticated caller of a request. Authorisation uses this, never values of the request's body.</summary>
/// <param name="UserId">The account; null for an anonymous caller.</param>
/// <param name="PayeeId">The payee id of the account's earnings; null without an account.</param>
/// <param name="Viewer">
/// The identity of the caller's plays: the account, or the browser without one. Null for a request with neither: a network address is
/// shared by many people and identifies nobody.
/// </param>
/// <param name="IsCreator">Whether the caller may register videos and see their earnings.</param>
/// <param name="IsAdmin">Whether the caller is an admin.</param>
/// <param name="Device">The id of the browser; null without a device cookie.</param>
internal sealed record Caller(string? UserId, string? PayeeId, string? Viewer, bool IsCreator, bool IsAdmin, string? Device = null)
{
    public const string PayeeClaim = "settlement:payee";

    /// <summary>The prefix of a viewer that is an account.</summary>
    public const string UserPrefix = "user:";

    /// <summary>Binds the parameter of API endpoints.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context));

    public static Caller Of(HttpContext context)
    {
        var (user, device) = (context.User, DeviceCookie.Find(context));
        return user.Identity?.IsAuthenticated == true && user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            ? new Caller(
                id, user.FindFirstValue(PayeeClaim), $"{UserPrefix}{id}", user.IsInRole(Roles.Creator), user.IsInRole(Roles.Admin), device)
            : new Caller(null, null, device is null ? null : $"device:{device}", IsCreator: false, IsAdmin: false, device);
    }

    public string RequireUserId() => UserId ?? throw new PlatformException(
        StatusCodes.Status401Unauthorized, "Not logged in", "This request needs an account. Log in first.");

    public string RequireViewer() => Viewer ?? throw new PlatformException(
        StatusCodes.Status401Unauthorized, "Unknown viewer",
        "A play needs an account or the device cookie. Log in, or allow cookies of this host.");
}
