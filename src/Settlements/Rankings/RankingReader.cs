using Settlements.Stores;

namespace Settlements;

/// <summary>Top N of a day, a week or a month. Thread-safe.</summary>
/// <example>
/// <code>
/// var top = await engine.Rankings.TopAsync(CalendarPeriod.Week, new DateOnly(2024, 7, 1), "video.view", count: 5);
/// </code>
/// </example>
public sealed class RankingReader
{
    /// <summary>The most places that can be asked for: 100,000.</summary>
    public const int CountMax = 100_000;

    private readonly IRankingStore _store;
    private readonly IDayStore _days;
    private readonly SettlementPlan _plan;

    internal RankingReader(IRankingStore store, IDayStore days, SettlementPlan plan)
    {
        _store = store;
        _days = days;
        _plan = plan;
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
    /// <returns>The ranking, and how many of the period's days are published and so in it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count or the date is out of its range.</exception>
    public async Task<ItemRanking> TopAsync(
        CalendarPeriod period, DateOnly date, string meter, int count = 5, string? payeeId = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(meter);
        if (count is < 1 or > CountMax)
            throw new ArgumentOutOfRangeException(nameof(count), count, FormattableString.Invariant($"A ranking has 1 to {CountMax} places."));

        var days = _plan.Calendar.PeriodOf(date, period);
        var isKept = payeeId is null && count <= _plan.RankingSize && period != CalendarPeriod.Year;
        var published = await _days.ListPublishedAsync(days, cancellationToken).ConfigureAwait(false);
        var items = isKept
            ? await _store.ReadAsync(period, days, meter, count, cancellationToken).ConfigureAwait(false)
            : await _store.ComputeAsync(days, meter, payeeId, count, cancellationToken).ConfigureAwait(false);
        return new ItemRanking(PeriodCoverage.Of(days, published), items);
    }
}

/// <summary>Top N of a period. Immutable.</summary>
/// <param name="Coverage">How much of the period is published, and so in here.</param>
/// <param name="Items">First place first; ties go to the lower item id, by bytes.</param>
public sealed record ItemRanking(PeriodCoverage Coverage, IReadOnlyList<RankedItem> Items);
