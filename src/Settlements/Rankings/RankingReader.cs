using Settlements.Stores;

namespace Settlements;

/// <summary>Reads rankings of the items of a day, a week, a month or a year. Thread-safe.</summary>
/// <example>
/// <code>
/// var top = await engine.Rankings.TopAsync(CalendarPeriod.Week, new DateOnly(2024, 7, 1), "video.view", count: 5);
/// </code>
/// </example>
public sealed class RankingReader
{
    /// <summary>The maximum number of items in a ranking: 100,000.</summary>
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
    /// Returns the items with the greatest quantities in the published days of a period. Items with a quantity of 0 or less are ranked too.
    /// </summary>
    /// <param name="period">Day, week, month or year.</param>
    /// <param name="date">A business day within the period.</param>
    /// <param name="meter">The meter to rank by, for example <c>video.view</c>.</param>
    /// <param name="count">The maximum number of items, from 1 to <see cref="CountMax"/>. Default 5.</param>
    /// <param name="payeeId">Only lines of this payee; null for all payees.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The ranking, with the number of published days that it includes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count or the date is out of range.</exception>
    public async Task<ItemRanking> TopAsync(
        CalendarPeriod period, DateOnly date, string meter, int count = 5, string? payeeId = null,
        CancellationToken cancellationToken = default)
    {
        Validate(meter, count);
        var days = _plan.Calendar.PeriodOf(date, period);
        var isStored = payeeId is null && count <= _plan.RankingSize && period != CalendarPeriod.Year;
        var published = await _days.ListPublishedAsync(days, cancellationToken).ConfigureAwait(false);
        var items = isStored
            ? await _store.ReadAsync(period, days, meter, count, cancellationToken).ConfigureAwait(false)
            : await _store.ComputeAsync(days, meter, payeeId, count, cancellationToken).ConfigureAwait(false);
        return new ItemRanking(PeriodCoverage.Of(days, published), items);
    }

    /// <summary>
    /// Returns the items with the greatest quantities in the published days of a range, as <see cref="TopAsync"/> does for a period. Always
    /// computed from the lines of these days.
    /// </summary>
    /// <param name="days">The posting dates, both ends included.</param>
    /// <param name="meter">The meter to rank by, for example <c>video.view</c>.</param>
    /// <param name="count">The maximum number of items, from 1 to <see cref="CountMax"/>. Default 5.</param>
    /// <param name="payeeId">Only lines of this payee; null for all payees.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The ranking, with the number of published days that it includes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    public async Task<ItemRanking> TopOfDaysAsync(
        DateRange days, string meter, int count = 5, string? payeeId = null, CancellationToken cancellationToken = default)
    {
        Validate(meter, count);
        var published = await _days.ListPublishedAsync(days, cancellationToken).ConfigureAwait(false);
        var items = await _store.ComputeAsync(days, meter, payeeId, count, cancellationToken).ConfigureAwait(false);
        return new ItemRanking(PeriodCoverage.Of(days, published), items);
    }

    private static void Validate(string meter, int count)
    {
        ArgumentException.ThrowIfNullOrEmpty(meter);
        if (count is < 1 or > CountMax)
            throw new ArgumentOutOfRangeException(nameof(count), count,
                FormattableString.Invariant($"A ranking has 1 to {CountMax} items."));
    }
}

/// <summary>The ranking of the items of a period. Immutable.</summary>
public sealed class ItemRanking
{
    internal ItemRanking(PeriodCoverage coverage, IReadOnlyList<RankedItem> items)
    {
        Coverage = coverage;
        Items = items;
    }

    /// <summary>The period, and its published days, which the ranking includes.</summary>
    public PeriodCoverage Coverage { get; }

    /// <summary>The items, ordered by rank.</summary>
    public IReadOnlyList<RankedItem> Items { get; }
}
