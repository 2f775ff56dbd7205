using System.Security.Claims;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>Records the browsers from which accounts log in.</summary>
internal static class Devices
{
    /// <summary>The retention of an unused device: the lifetime of its cookie.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(400);

    /// <summary>Records the browser of a login.</summary>
    public static Task RecordAsync(HttpContext context, ClaimsPrincipal user)
    {
        if (user.FindFirstValue(ClaimTypes.NameIdentifier) is not { } userId)
            return Task.CompletedTask;
        var device = DeviceCookie.Ensure(context);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return context.RequestServices.GetRequiredService<PlatformDatabase>().WriteAsync(
            statements => DeviceTable.RecordAsync(
                statements, device, userId, UnixMicroseconds.From(now), UnixMicroseconds.From(now - Life)),
            context.RequestAborted);
    }
}
