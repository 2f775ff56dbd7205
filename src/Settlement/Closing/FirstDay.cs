using System.Globalization;
using Settlement.BusinessDays;
using Settlement.Sums;

namespace Settlement.Closing;

/// <summary>Finds the first day that is ever closed.</summary>
internal sealed class FirstDay(ISumStore sums, SettlementOptions options)
{
    /// <summary>The configured first day; else that of the earliest event; null when there is neither.</summary>
    /// <exception cref="CloseRefusedException">The earliest event is followed by too many days without any: it is likely to be wrong.</exception>
    public async Task<DateOnly?> FindAsync(CancellationToken cancellationToken)
    {
        if (options.StartsOn is { } configured)
            return configured;
        if (await FindEventAsync(null, cancellationToken).ConfigureAwait(false) is not { } first)
            return null;

        var next = await FindEventAsync(first, cancellationToken).ConfigureAwait(false);
        if (next is { } date && date.DayNumber - first.DayNumber - 1 > options.EmptyDaysAtStartMax)
        {
            throw new CloseRefusedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The earliest event is of {first:O} and the next of {date:O}: {date.DayNumber - first.DayNumber - 1} days without events would be "
                + $"published, and the limit is {options.EmptyDaysAtStartMax}. Set the first business day with StartsOn(date), correct the event, or raise "
                + $"EmptyDaysAtStartMax."));
        }

        return first;
    }

    /// <summary>The day of the earliest event; of those after a day, where one is given.</summary>
    private async Task<DateOnly?> FindEventAsync(DateOnly? after, CancellationToken cancellationToken)
    {
        DateOnly? earliest = null;
        var calendar = options.RequiredCalendar;
        foreach (var source in options.AllSources)
        {
            var from = after is { } day ? calendar.RangeOf(day).End : (DateTimeOffset?)null;
            if (source?.Measures.All(m => m.CountedFrom is not null) == true
                && calendar.RangeOf(source.Measures.Min(m => m.CountedFrom!.Value)).Start is var counted && (from is null || counted > from))
            {
                from = counted;
            }

            if (await sums.FindFirstEventAsync(source, from, cancellationToken).ConfigureAwait(false) is { } instant
                && calendar.DayOf(instant) is var found && (earliest is null || found < earliest))
            {
                earliest = found;
            }
        }

        return earliest;
    }
}
