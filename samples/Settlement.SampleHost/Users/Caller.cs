using System.Security.Claims;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>Who asks. What may be done is decided by this, never by what the request says about itself.</summary>
/// <param name="UserId">The account; null for somebody who is not logged in.</param>
/// <param name="PayeeId">On whom the account's earnings are booked; null without an account.</param>
/// <param name="Viewer">
/// Whose plays are told apart from others': the account, or the browser where there is none. Null for a request with neither: the network address
/// limits abuse and identifies nobody, since many people share one.
/// </param>
/// <param name="IsCreator">May register videos, and sees what they earn.</param>
/// <param name="IsAdmin">May do what concerns all.</param>
/// <param name="Device">The browser; null for one without a cookie yet.</param>
internal sealed record Caller(string? UserId, string? PayeeId, string? Viewer, bool IsCreator, bool IsAdmin, string? Device = null)
{
    public const string PayeeClaim = "settlement:payee";

    /// <summary>What begins a viewer that is an account.</summary>
    public const string UserPrefix = "user:";

    /// <summary>For API endpoints, which take it as a parameter.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context));

    public static Caller Of(HttpContext context)
    {
        var (user, device) = (context.User, DeviceCookie.Find(context));
        return user.Identity?.IsAuthenticated == true && user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            ? new Caller(id, user.FindFirstValue(PayeeClaim), $"{UserPrefix}{id}", user.IsInRole(Roles.Creator), user.IsInRole(Roles.Admin), device)
            : new Caller(null, null, device is null ? null : $"device:{device}", IsCreator: false, IsAdmin: false, device);
    }

    public string RequireUserId() => UserId ?? throw new PlatformException(
        StatusCodes.Status401Unauthorized, "Nobody is logged in", "This needs an account. Log in first.");

    public string RequireViewer() => Viewer ?? throw new PlatformException(
        StatusCodes.Status401Unauthorized, "The viewer is not known", "A play needs an account or the browser's cookie. Log in, or allow cookies of this host.");
}
