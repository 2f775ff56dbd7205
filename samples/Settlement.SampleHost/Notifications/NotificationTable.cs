using System.Globalization;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Notifications;

/// <summary>Reads and writes notifications. Thread-safe.</summary>
internal sealed class NotificationTable(PlatformDatabase database, TimeProvider clock)
{
    private const string DayFormat = "yyyy-MM-dd";

    private static readonly (string Name, ColumnKind Kind)[] Columns =
    [
        ("notification_id", ColumnKind.Id), ("user_id", ColumnKind.Id), ("kind", ColumnKind.Integer), ("subject", ColumnKind.Text),
        ("usage_date", ColumnKind.Text), ("posting_date", ColumnKind.Text), ("amount", ColumnKind.Text), ("created_at", ColumnKind.Integer),
    ];

    // An existing subject stays as it is: a repeated notification is none.
    private static readonly RowWrite Added = RowWrite.Upsert("notifications", Columns, "subject");

    /// <summary>Adds a notification, unless the account has one of the same subject.</summary>
    public Task AddAsync(NewNotification added, CancellationToken cancellationToken) =>
        database.WriteAsync(statements => AddAsync(statements, [added]), cancellationToken);

    /// <summary>Adds notifications on the caller's connection, except those whose subject the account already has.</summary>
    public Task AddAsync(Sql statements, IEnumerable<NewNotification> added)
    {
        var now = clock.GetUtcNow();
        return statements.WriteAsync(new RowBatch(
            Added,
            [.. added.Select(n => new object?[]
            {
                Guid.CreateVersion7(now).ToString("N"), n.UserId, (long)n.Kind, n.Subject, Text(n.Day), Text(n.PostingDate),
                n.Amount?.ToString(CultureInfo.InvariantCulture), UnixMicroseconds.From(now),
            })]));
    }

    /// <summary>Returns a page of an account's notifications, newest first.</summary>
    /// <param name="userId">The account.</param>
    /// <param name="onlyUnread">Whether to return only unread ones.</param>
    /// <param name="after">The last id of the previous page; null or empty for the first page.</param>
    /// <param name="count">The maximum number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<Notification>> ListAsync(
        string userId, bool onlyUnread, string? after, int count, CancellationToken cancellationToken)
    {
        var rows = await database.ReadForDisplayAsync(
            statements => statements.ListAsync<Row>(
                """
                SELECT notification_id, kind, usage_date, posting_date, amount, created_at, read_at FROM notifications
                WHERE user_id = @userId AND (@after IS NULL OR notification_id < @after) AND (@onlyUnread = 0 OR read_at IS NULL)
                ORDER BY notification_id DESC LIMIT @count
                """,
                new { userId, after = string.IsNullOrEmpty(after) ? null : after, onlyUnread = onlyUnread ? 1 : 0, count }),
            cancellationToken);
        return [.. rows.Select(r => new Notification(
            r.NotificationId, (NotificationKind)r.Kind, Day(r.UsageDate), Day(r.PostingDate),
            r.Amount is null ? null : decimal.Parse(r.Amount, CultureInfo.InvariantCulture),
            r.Amount is null ? null : PlatformMeters.CurrencyCode, UnixMicroseconds.ToInstant(r.CreatedAt), r.ReadAt is not null))];
    }

    public Task<long> CountUnreadAsync(string userId, CancellationToken cancellationToken) => database.ReadForDisplayAsync(
        statements => statements.FindAsync<long>(
            "SELECT COUNT(*) FROM notifications WHERE user_id = @userId AND read_at IS NULL", new { userId }),
        cancellationToken);

    /// <summary>Marks a notification as read.</summary>
    /// <returns>False if the account has no such notification.</returns>
    public Task<bool> TryReadAsync(string userId, string id, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            var values = new { userId, id, now = UnixMicroseconds.From(clock.GetUtcNow()) };
            await statements.ExecuteAsync(
                "UPDATE notifications SET read_at = @now WHERE user_id = @userId AND notification_id = @id AND read_at IS NULL", values);
            return await statements.FindAsync<long>(
                "SELECT COUNT(*) FROM notifications WHERE user_id = @userId AND notification_id = @id", values) > 0;
        },
        cancellationToken);

    /// <summary>Marks all notifications of an account as read.</summary>
    /// <param name="userId">The account.</param>
    /// <param name="through">The newest one that the user has seen; null or empty for all.</param>
    /// <param name="cancellationToken">Cancels the call before the change.</param>
    public Task ReadAllAsync(string userId, string? through, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync(
            """
            UPDATE notifications SET read_at = @now
            WHERE user_id = @userId AND read_at IS NULL AND (@through IS NULL OR notification_id <= @through)
            """,
            new
            {
                userId, through = string.IsNullOrEmpty(through) ? null : through, now = UnixMicroseconds.From(clock.GetUtcNow()),
            }),
        cancellationToken);

    private static string? Text(DateOnly? day) => day?.ToString(DayFormat, CultureInfo.InvariantCulture);

    private static DateOnly? Day(string? text) =>
        text is null ? null : DateOnly.ParseExact(text, DayFormat, CultureInfo.InvariantCulture);

    private sealed class Row
    {
        public string NotificationId { get; init; } = "";

        public long Kind { get; init; }

        public string? UsageDate { get; init; }

        public string? PostingDate { get; init; }

        public string? Amount { get; init; }

        public long CreatedAt { get; init; }

        public long? ReadAt { get; init; }
    }
}
