using System.Net;
using System.Security.Claims;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>Who asks. What may be done is decided by this, never by what the request says about itself.</summary>
/// <param name="UserId">The account; null for somebody who is not logged in.</param>
/// <param name="PayeeId">On whom the account's earnings are booked; null without an account.</param>
/// <param name="Viewer">Whose plays are told apart from others': the account, or the network address where there is none.</param>
/// <param name="IsCreator">May register videos, and sees what they earn.</param>
/// <param name="IsAdmin">May do what concerns all.</param>
internal sealed record Caller(string? UserId, string? PayeeId, string Viewer, bool IsCreator, bool IsAdmin)
{
    public const string PayeeClaim = "settlement:payee";

    /// <summary>For API endpoints, which take it as a parameter.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context.User, context.Connection.RemoteIpAddress));

    public static Caller Of(ClaimsPrincipal user, IPAddress? address) =>
        user.Identity?.IsAuthenticated == true && user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            ? new Caller(id, user.FindFirstValue(PayeeClaim), $"user:{id}", user.IsInRole(Roles.Creator), user.IsInRole(Roles.Admin))
            : new Caller(null, null, $"address:{Shown(address)}", IsCreator: false, IsAdmin: false);

    public string RequireUserId() => UserId ?? throw new PlatformException(
        StatusCodes.Status401Unauthorized, "Nobody is logged in", "This needs an account. Log in first.");

    private static string Shown(IPAddress? address) =>
        address is null ? "unknown" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
