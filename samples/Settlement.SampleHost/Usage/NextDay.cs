using Microsoft.Extensions.Options;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Usage;

/// <summary>
/// Finds the next day to close for display, from the platform's database only: before the first close, the library asks each source for its
/// earliest event, and a source in another server may be down. Thread-safe.
/// </summary>
internal sealed class NextDay(
    SettlementEngine engine, PlayUsage usage, PlatformDatabase database, BusinessCalendar calendar, IOptions<SettlementOptions> settlement)
{
    private static readonly DateRange AllDays = new(BusinessCalendar.FirstDay, BusinessCalendar.LastDay);

    /// <summary>The start of the earliest play; 0 before it is known. It doesn't change: later plays start later.</summary>
    private long _earliest;

    /// <summary>
    /// Returns the first day that is not published. While nothing is published and usage is not in the platform's database, the day on
    /// which the earliest play with usage began; null if there is none.
    /// </summary>
    public async Task<DateOnly?> FindAsync(CancellationToken cancellationToken)
    {
        if (!usage.IsReconciled)
            return await engine.Days.FindNextAsync(cancellationToken);
        if (await engine.Days.ListPublishedAsync(AllDays, cancellationToken) is { Count: > 0 } published)
            return published[^1].Day.AddDays(1);
        if (settlement.Value.StartsOn is { } configured)
            return configured;
        if (_earliest == 0)
        {
            _earliest = await database.ReadAsync(
                sql => sql.FindAsync<long?>("SELECT MIN(started_at) FROM plays WHERE view_state <> 0"), cancellationToken) ?? 0;
        }

        return _earliest == 0 ? null : calendar.DayOf(UnixMicroseconds.ToInstant(_earliest));
    }
}
