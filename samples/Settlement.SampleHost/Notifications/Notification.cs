namespace Settlement.SampleHost.Notifications;

internal enum NotificationKind
{
    /// <summary>The account became a creator.</summary>
    CreatorGranted = 0,

    /// <summary>A day was closed on which the account earned.</summary>
    DayClosed = 1,

    /// <summary>An earlier amount changed: by a restatement, an exclusion, or usage that arrived late.</summary>
    AmountRestated = 2,
}

/// <summary>A notification of an account.</summary>
/// <param name="Id">The id, 32 hex digits; later ones are greater.</param>
/// <param name="Kind">What has happened.</param>
/// <param name="Day">The closed day, or the usage date of a corrected amount; null otherwise.</param>
/// <param name="PostingDate">The day whose close posted the correction; null otherwise.</param>
/// <param name="Amount">The amount of the day, or the difference of a correction; null otherwise.</param>
/// <param name="Currency">The currency of the amount; null without one.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="IsRead">Whether its account has marked it as read.</param>
internal sealed record Notification(
    string Id, NotificationKind Kind, DateOnly? Day, DateOnly? PostingDate, decimal? Amount, string? Currency, DateTimeOffset CreatedAt,
    bool IsRead);

/// <summary>A notification to be stored.</summary>
/// <param name="UserId">The account.</param>
/// <param name="Kind">What has happened.</param>
/// <param name="Subject">What it is about; an account has one notification of a subject.</param>
/// <param name="Day">The day; null for none.</param>
/// <param name="PostingDate">The posting date of a correction; null for none.</param>
/// <param name="Amount">The amount; null for none.</param>
internal sealed record NewNotification(
    string UserId, NotificationKind Kind, string Subject, DateOnly? Day = null, DateOnly? PostingDate = null, decimal? Amount = null);
