using Microsoft.AspNetCore.Http.HttpResults;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Notifications;

/// <summary>Registers notifications and maps <c>/api/users/me/notifications</c>.</summary>
internal static class NotificationRoutes
{
    public static void AddNotifications(this IServiceCollection services) =>
        services.AddSingleton<NotificationTable>().AddSingleton<AmountNotices>();

    public static void MapNotifications(this IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/users/me/notifications").WithTags("Users").RequireAuthorization();
        notifications.MapGet("/", ListAsync).WithSummary("List the caller's notifications, newest first");
        notifications.MapGet("/unread", CountAsync).WithSummary("Count the caller's unread notifications");
        notifications.MapPost("/read", ReadAllAsync).WithSummary("Mark notifications as read: all, or all up to the one of through");
        notifications.MapPost("/{notificationId}/read", ReadAsync).WithSummary("Mark a notification as read");
    }

    private static async Task<Ok<Page<Notification>>> ListAsync(
        Caller caller, NotificationTable table, CancellationToken cancellationToken, bool onlyUnread = false, string? after = null,
        int count = Paging.CountDefault)
    {
        var page = await table.ListAsync(caller.RequireUserId(), onlyUnread, after, Paging.Validate(count), cancellationToken);
        return TypedResults.Ok(Page.Of(page, count, n => n.Id));
    }

    private static async Task<Ok<Unread>> CountAsync(Caller caller, NotificationTable table, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Unread(await table.CountUnreadAsync(caller.RequireUserId(), cancellationToken)));

    private static async Task<NoContent> ReadAllAsync(
        Caller caller, NotificationTable table, CancellationToken cancellationToken, string? through = null)
    {
        await table.ReadAllAsync(caller.RequireUserId(), through, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ReadAsync(
        string notificationId, Caller caller, NotificationTable table, CancellationToken cancellationToken)
    {
        if (!await table.TryReadAsync(caller.RequireUserId(), notificationId, cancellationToken))
            throw PlatformException.NotFound("notification", notificationId);
        return TypedResults.NoContent();
    }

    internal sealed record Unread(long Count);
}
