using System.Globalization;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

/// <summary>The amount of a payee that a close would publish, in KRW.</summary>
internal sealed record PayeeAmount(string PayeeId, decimal Amount);

/// <summary>The amounts that a close would publish, by an estimate.</summary>
/// <param name="AsOf">The instant of the estimate; null if the days can't be estimated.</param>
/// <param name="Total">The sum in KRW.</param>
/// <param name="Lines">The number of lines, also those without a price.</param>
/// <param name="Payees">The payees, highest amounts first, ties by id.</param>
/// <param name="Reason">Why the days can't be estimated; null if they are.</param>
internal sealed record CloseAmounts(
    DateTimeOffset? AsOf, decimal Total, long Lines, IReadOnlyList<PayeeAmount> Payees, string? Reason)
{
    /// <summary>
    /// Estimates open days: their usage is summed and priced by the steps of a close. Nothing is published; the stored estimate, which
    /// other pages display, is refreshed.
    /// </summary>
    /// <param name="engine">The settlement engine.</param>
    /// <param name="usage">The usage of plays, which is forwarded first.</param>
    /// <param name="days">The open days.</param>
    /// <param name="timeout">The time limit: <see cref="ScheduleOptions.DryRunTimeout"/>.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<CloseAmounts> EstimateAsync(
        SettlementEngine engine, PlayUsage usage, DateRange days, TimeSpan timeout, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await EstimateAsync(engine, usage, days, clock.GetUtcNow(), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CloseAmounts(
                null, 0, 0, [],
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The estimate takes longer than {timeout.TotalSeconds} s ({ScheduleOptions.Section}:")
                + $"{nameof(ScheduleOptions.DryRunTimeout)}). Reload the page: the completed part is kept.");
        }
    }

    private static async Task<CloseAmounts> EstimateAsync(
        SettlementEngine engine, PlayUsage usage, DateRange days, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            await usage.ForwardAsync(now, cancellationToken);
            var refresh = await engine.Estimates.RefreshAsync(now, cancellationToken: cancellationToken);
            var (payees, lines) = (new Dictionary<string, decimal>(StringComparer.Ordinal), 0L);
            await foreach (var line in engine.Estimates.ReadLinesAsync(days, cancellationToken: cancellationToken))
            {
                lines++;
                if (line.Price is not null)
                    payees[line.PayeeId] = payees.GetValueOrDefault(line.PayeeId) + line.Amount;
            }

            return new CloseAmounts(
                refresh.AsOf, payees.Values.Sum(), lines,
                [.. payees.Select(p => new PayeeAmount(p.Key, p.Value)).OrderByDescending(p => p.Amount)
                    .ThenBy(p => p.PayeeId, StringComparer.Ordinal)],
                null);
        }
        catch (Exception e) when (
            e is EstimateRefusedException or CloseRefusedException or UsageSourceException or ClickHouseUsageException)
        {
            return new CloseAmounts(null, 0, 0, [], e.Message);
        }
    }
}
