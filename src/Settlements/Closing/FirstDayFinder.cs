using System.Globalization;

namespace Settlements;

/// <summary>Finds the first business day to close.</summary>
internal sealed class FirstDayFinder(UsageSources sources, SettlementPlan plan)
{
    /// <summary>
    /// The number of first days with events that are checked for gaps. Rows with a wrong date rarely have more distinct dates.
    /// </summary>
    private const int DaysWithEventsMax = 31;

    /// <summary>Returns the configured first day, else the day of the earliest event; null when there is neither.</summary>
    /// <param name="last">The last day to close; null when no day is to be closed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="CloseRefusedException">
    /// One of the first events is followed by too many days without events: its date is likely wrong.
    /// </exception>
    public async Task<DateOnly?> FindAsync(DateOnly? last, CancellationToken cancellationToken)
    {
        if (plan.StartsOn is { } configured)
            return configured;
        await UsageSources.ValidateAsync(sources.Configured, cancellationToken).ConfigureAwait(false);
        if (await FindEventAsync(null, cancellationToken).ConfigureAwait(false) is not { } first)
            return null;

        var day = first;
        for (var i = 0; i < DaysWithEventsMax; i++)
        {
            var next = await FindEventAsync(day, cancellationToken).ConfigureAwait(false);
            var isLast = next is null || next > last;
            if ((isLast ? last?.AddDays(1) ?? next : next) is not { } date)
                break;
            if (date.DayNumber - day.DayNumber - 1 is var empty && empty > plan.EmptyDaysAtStartMax)
            {
                var which = day == first ? "The earliest event is" : "One of the earliest events is";
                var then = isLast && last is { } end
                    ? FormattableString.Invariant($"there is none up to {end:O}")
                    : FormattableString.Invariant($"the next one is from {date:O}");
                throw new CloseRefusedException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{which} from {day:O}, and {then}: {empty} days without events would be published, and the limit is "
                    + $"{plan.EmptyDaysAtStartMax}. Set the first business day with StartsOn(date), correct "
                    + $"the event, or raise EmptyDaysAtStartMax."));
            }

            if (isLast)
                break;
            day = next!.Value;
        }

        return first;
    }

    /// <summary>Returns the day of the earliest event; if a day is given, of the earliest event after that day.</summary>
    private async Task<DateOnly?> FindEventAsync(DateOnly? after, CancellationToken cancellationToken)
    {
        DateOnly? earliest = null;
        var calendar = plan.Calendar;
        foreach (var source in sources.All)
        {
            var from = after is { } day ? calendar.RangeOf(day).End : (DateTimeOffset?)null;
            if (source.Meters.Count > 0 && source.Meters.All(m => m.CountedFrom is not null)
                && calendar.RangeOf(source.Meters.Min(m => m.CountedFrom!.Value)).Start is var counted && (from is null || counted > from))
            {
                from = counted;
            }

            if (await source.FindFirstInstantAsync(from, cancellationToken).ConfigureAwait(false) is { } instant
                && calendar.DayOf(instant) is var found && (earliest is null || found < earliest))
            {
                earliest = found;
            }
        }

        return earliest;
    }
}
