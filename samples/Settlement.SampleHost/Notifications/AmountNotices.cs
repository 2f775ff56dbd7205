using System.Globalization;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Reports;
using Settlements;

namespace Settlement.SampleHost.Notifications;

/// <summary>
/// Notifies payees of closed days and corrected amounts. Follows the closed days, whoever closed them: the last day whose payees are
/// notified is stored together with the notifications of that day, so each day is notified once, also after an instance was killed.
/// Runs after each close and at the start. Thread-safe.
/// </summary>
internal sealed partial class AmountNotices(
    SettlementEngine engine, Periods periods, PlatformDatabase database, NotificationTable notifications, TimeProvider clock,
    ILogger<AmountNotices> logger)
{
    /// <summary>The maximum number of days notified late; payees are not notified of earlier ones.</summary>
    private const int DaysMax = 45;

    private const int UsersChunk = 500;
    private const string ThroughSetting = "notifications.through";

    /// <summary>The retention of notifications.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    /// <summary>As <see cref="CatchUpAsync"/>; a failure is logged, and the next close or start tries again.</summary>
    public async Task TryCatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CatchUpAsync(isStart: false, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
        catch (OperationCanceledException)
        {
            // The host is stopping. Its next start notifies.
        }
    }

    /// <summary>Notifies the payees of closed days that are not notified yet.</summary>
    /// <param name="isStart">Whether the host starts: of days closed before the first start, only the last is notified.</param>
    /// <param name="cancellationToken">Cancels the call between two days.</param>
    public async Task CatchUpAsync(bool isStart, CancellationToken cancellationToken)
    {
        if (await periods.FindClosedAsync(cancellationToken) is not { } closed)
            return;
        var through = await database.ReadAsync(
            sql => sql.FindAsync<string>("SELECT value FROM settings WHERE name = @name", new { name = ThroughSetting }),
            cancellationToken);
        var first = through is not null
            ? DateOnly.ParseExact(through, "yyyy-MM-dd", CultureInfo.InvariantCulture).AddDays(1)
            : isStart ? closed.Last : closed.First;
        if (first < closed.Last.AddDays(1 - DaysMax))
            first = closed.Last.AddDays(1 - DaysMax);
        for (var day = first; day <= closed.Last; day = day.AddDays(1))
            await NotifyAsync(day, cancellationToken);
    }

    private async Task NotifyAsync(DateOnly day, CancellationToken cancellationToken)
    {
        // The amount of the day is the sum of all lines that its close posted, as on the settlement pages. Lines of earlier usage dates
        // (restatements, exclusions, usage that arrived late) change an earlier amount, which is a notification of its own.
        var amounts = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var ownDay = new HashSet<string>(StringComparer.Ordinal);
        var restated = new Dictionary<(string PayeeId, DateOnly UsageDate), decimal>();
        await foreach (var line in engine.Lines.ReadAsync(new DateRange(day, day), new ItemFilter(), cancellationToken))
        {
            if (line.Price is null)
                continue;
            amounts[line.PayeeId] = amounts.GetValueOrDefault(line.PayeeId) + line.Amount;
            if (line.UsageDate == day)
                ownDay.Add(line.PayeeId);
            else
                restated[(line.PayeeId, line.UsageDate)] = restated.GetValueOrDefault((line.PayeeId, line.UsageDate)) + line.Amount;
        }

        var users = await FindUsersAsync(amounts.Keys, cancellationToken);
        List<NewNotification> added =
        [
            .. from amount in amounts
               where ownDay.Contains(amount.Key) && users.ContainsKey(amount.Key)
               select new NewNotification(
                   users[amount.Key], NotificationKind.DayClosed, $"closed {Text(day)}", day, PostingDate: null, amount.Value),
            .. from amount in restated
               where amount.Value != 0 && users.ContainsKey(amount.Key.PayeeId)
               select new NewNotification(
                   users[amount.Key.PayeeId], NotificationKind.AmountRestated, $"restated {Text(amount.Key.UsageDate)} on {Text(day)}",
                   amount.Key.UsageDate, day, amount.Value),
        ];
        await database.WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync(
                    "DELETE FROM notifications WHERE created_at < @before",
                    new { before = UnixMicroseconds.From(clock.GetUtcNow() - Life) });
                await notifications.AddAsync(statements, added.OrderBy(n => n.UserId, StringComparer.Ordinal).ThenBy(n => n.Day));
                await statements.ExecuteAsync(
                    $"INSERT INTO settings (name, value) VALUES (@name, @value) {statements.Dialect.OnDuplicate("name")} value = @value",
                    new { name = ThroughSetting, value = Text(day) });
            },
            cancellationToken);
    }

    /// <summary>Returns the accounts of payees by payee id, without channels that nobody has claimed.</summary>
    private Task<Dictionary<string, string>> FindUsersAsync(IReadOnlyCollection<string> payeeIds, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async statements =>
            {
                var found = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var some in payeeIds.Chunk(UsersChunk))
                {
                    foreach (var user in await statements.ListAsync<User>(
                        "SELECT user_id, payee_id FROM users WHERE payee_id IN @some AND email IS NOT NULL AND deleted_at IS NULL",
                        new { some }))
                    {
                        found[user.PayeeId] = user.UserId;
                    }
                }

                return found;
            },
            cancellationToken);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [LoggerMessage(EventId = 304, Level = LogLevel.Error,
        Message = "Payees could not be notified of closed days. The next close tries again.")]
    private partial void LogFailed(Exception exception);

    private sealed class User
    {
        public string UserId { get; init; } = "";

        public string PayeeId { get; init; } = "";
    }
}
