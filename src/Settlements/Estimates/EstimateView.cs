using Settlements.Stores;

namespace Settlements;

/// <summary>The published days and the current estimate, as read together with lines. Immutable.</summary>
internal sealed class EstimateView
{
    private readonly HashSet<DateOnly> _published;

    private EstimateView(IReadOnlyList<BusinessDay> recorded, StoredEstimate? stored)
    {
        Stored = stored;
        Recorded = recorded;
        _published = [.. recorded.Where(d => d.State == DayState.Published).Select(d => d.Day)];
        Days = [.. (stored?.Days ?? []).Select(d => d.Day).Where(d => !_published.Contains(d))];
    }

    public StoredEstimate? Stored { get; }

    /// <summary>The days that are closing or published.</summary>
    public IReadOnlyList<BusinessDay> Recorded { get; }

    /// <summary>The estimated days that are not published, in order.</summary>
    public IReadOnlyList<DateOnly> Days { get; }

    /// <summary>
    /// Reads until the published days and the estimate are the same before and after: rows of an estimate that was replaced during a read
    /// may be deleted.
    /// </summary>
    /// <exception cref="EstimateRefusedException">Each attempt met a new estimate or a newly published day.</exception>
    public static async Task<T> ReadAsync<T>(
        IDayStore days, IEstimateStore estimates, Func<EstimateView, Task<T>> read, CancellationToken cancellationToken)
    {
        const int AttemptsMax = 5;
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var before = await estimates.FindAsync(cancellationToken).ConfigureAwait(false);
            var view = new EstimateView(await days.ListAsync(null, cancellationToken).ConfigureAwait(false), before);
            var result = await read(view).ConfigureAwait(false);
            var after = await estimates.FindAsync(cancellationToken).ConfigureAwait(false);
            if (after?.RunId == before?.RunId && OpenDays(after) == view.Days.Count)
                return result;
        }

        throw new EstimateRefusedException(FormattableString.Invariant(
            $"The estimate was refreshed, or a day was published, during each of {AttemptsMax} attempts to read it. Read a shorter ")
            + "period, or refresh less often.");
    }

    /// <summary>Returns the published and the estimated days of a period; null when none of its days is estimated.</summary>
    public StatementEstimate? Of(DateRange period)
    {
        var estimated = Days.Where(period.Contains).ToList();
        if (estimated.Count == 0)
            return null;
        var published = _published.Where(period.Contains).Order().ToList();
        return new StatementEstimate(
            Stored!.AsOf, new DateRange(estimated[0], estimated[^1]),
            published.Count == 0 ? null : new DateRange(published[0], published[^1]));
    }

    private static int OpenDays(StoredEstimate? stored) => stored?.Days.Count(d => !d.IsPublished) ?? 0;
}
