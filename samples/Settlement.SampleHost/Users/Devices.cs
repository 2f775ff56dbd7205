using System.Security.Claims;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>Remembers on which browsers somebody has logged in as an account.</summary>
internal static class Devices
{
    /// <summary>As long as the browser keeps its cookie.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(400);

    /// <summary>Notes the browser that has just logged in, by whatever way.</summary>
    public static Task NoteAsync(HttpContext context, ClaimsPrincipal user)
    {
        if (user.FindFirstValue(ClaimTypes.NameIdentifier) is not { } userId)
            return Task.CompletedTask;
        var device = DeviceCookie.Ensure(context);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return context.RequestServices.GetRequiredService<PlatformDatabase>().WriteAsync(
            statements => DeviceTable.NoteAsync(statements, device, userId, UnixMicroseconds.From(now), UnixMicroseconds.From(now - Life)),
            context.RequestAborted);
    }
}
