using Settlement.Calendars;

namespace Settlement.Rankings;

/// <summary>Top N of a day, a week or a month. Thread-safe.</summary>
public sealed class RankingReader
{
    /// <summary>The most places that can be asked for: 100,000.</summary>
    public const int CountMax = 100_000;

    private readonly IRankingStore _store;
    private readonly SettlementOptions _options;

    internal RankingReader(IRankingStore store, SettlementOptions options)
    {
        _store = store;
        _options = options;
    }

    /// <summary>
    /// The items with the greatest quantity in a period, as far as its days are published. Every item that had a total in the period takes
    /// part, also with 0 or less.
    /// </summary>
    /// <param name="period">Day, week, month or year.</param>
    /// <param name="date">A business day within the period.</param>
    /// <param name="meter">What is ranked by, for example <c>video.view</c>.</param>
    /// <param name="count">How many places, from 1 to <see cref="CountMax"/>.</param>
    /// <param name="payeeId">Only what counted for this payee; null for everybody's items.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>First place first; ties go to the lower item id, by bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count or the date is out of its range.</exception>
    public Task<IReadOnlyList<RankedItem>> TopAsync(
        CalendarPeriod period, DateOnly date, string meter, int count = 5, string? payeeId = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(meter);
        if (count is < 1 or > CountMax)
            throw new ArgumentOutOfRangeException(nameof(count), count, FormattableString.Invariant($"A ranking has 1 to {CountMax} places."));

        var days = _options.RequiredCalendar.PeriodOf(date, period);
        var isKept = payeeId is null && count <= _options.RankingSize && period != CalendarPeriod.Year;
        return isKept
            ? _store.ReadAsync(period, days, meter, count, cancellationToken)
            : _store.ComputeAsync(days, meter, payeeId, count, cancellationToken);
    }
}
