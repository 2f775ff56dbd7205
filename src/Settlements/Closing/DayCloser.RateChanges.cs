using Microsoft.Extensions.Logging;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

// A version may be approved while a day closes: the day is closed again.
public sealed partial class DayCloser
{
    /// <summary>The maximum number of times that the close of a day is repeated because its rates changed.</summary>
    private const int RateChangesMax = 5;

    private static readonly Backoff AfterConflict = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));

    /// <summary>Closes a day, again with the new rates when they change while it is closed.</summary>
    /// <returns>
    /// The result, null if another instance closed the day; and the calendar with the recorded boundaries, for the next day.
    /// </returns>
    private async Task<(ClosedDay? Closed, RecordedCalendar Calendar)> CloseAsync(
        DateOnly day, RecordedCalendar before, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await CloseOnceAsync(day, before, progress, cancellationToken).ConfigureAwait(false);
            }
            catch (RatesChangedException) when (attempt < RateChangesMax)
            {
                RatesChanged(day, attempt + 1, RateChangesMax);
            }
            catch (RunConflictException) when (attempt is > 0 and < RateChangesMax)
            {
                // Another instance that shared the run has not found the change yet.
                await Task.Delay(AfterConflict.DelayAfter(attempt), _clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(203, LogLevel.Information,
        "The rates of day {Day:yyyy-MM-dd} changed while it was closed; closing it with the new rates (repetition {Attempt} of {Max}).")]
    private partial void RatesChanged(DateOnly day, int attempt, int max);
}
