using System.Globalization;
using Microsoft.Extensions.Logging;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Closes business days, in their order, each once: sums their events, prices them, ranks the items, and publishes all of it at one instant.
/// Thread-safe; several instances may close the same days at once and share the work.
/// </summary>
/// <example>
/// <code>
/// // Every open day through this one; calling it again does no harm.
/// foreach (var day in await engine.Days.CloseThroughAsync(new DateOnly(2024, 7, 1)))
///     Console.WriteLine($"{day.Day:O}: {day.Events} events");
/// </code>
/// </example>
public sealed partial class DayCloser
{
    /// <summary>The name under which closes are kept in the history of runs; the key is the day.</summary>
    public const string PipelineName = "close-day";

    /// <summary>Part of a run's fingerprint: raised whenever this code would give other rows for the same events.</summary>
    private const int FormatVersion = 3;

    private readonly CloseStores _stores;
    private readonly SettingsReader _settings;
    private readonly FirstDay _firstDay;
    private readonly PipelineRunner _runner;
    private readonly SettlementPlan _plan;
    private readonly TimeProvider _clock;
    private readonly ILogger<DayCloser> _logger;

    internal DayCloser(
        CloseStores stores, SettingsReader settings, PipelineRunner runner, SettlementPlan plan, TimeProvider clock, ILogger<DayCloser> logger)
    {
        _stores = stores;
        _settings = settings;
        _firstDay = new FirstDay(stores.UsageSources, plan);
        _runner = runner;
        _plan = plan;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>The published days of a range.</summary>
    /// <param name="days">Both ends included.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The days, oldest first.</returns>
    public Task<IReadOnlyList<BusinessDay>> ListPublishedAsync(DateRange days, CancellationToken cancellationToken = default) =>
        _stores.Days.ListPublishedAsync(days, cancellationToken);

    /// <summary>Usage that the last published day could not price, each with its reason. It is counted again by the next close.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By the bytes of meter, item, payee and usage date; empty when all is priced.</returns>
    public async Task<IReadOnlyList<QuarantinedUsage>> ListQuarantinedAsync(CancellationToken cancellationToken = default)
    {
        var days = await _stores.Days.ListAsync(null, cancellationToken).ConfigureAwait(false);
        return days.LastOrDefault(d => d.State == DayState.Published) is { } last
            ? await _stores.Lines.ListQuarantinedAsync(last.Day, cancellationToken).ConfigureAwait(false)
            : [];
    }

    /// <summary>The first day that is not published: the next to close.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The day; while nothing is published <see cref="SettlementOptions.StartsOn"/> or, without it, the day of the earliest event; null when there is
    /// neither.
    /// </returns>
    public async Task<DateOnly?> FindNextAsync(CancellationToken cancellationToken = default)
    {
        var days = await _stores.Days.ListAsync(null, cancellationToken).ConfigureAwait(false);
        return days.LastOrDefault(d => d.State == DayState.Published) is { } published
            ? published.Day.AddDays(1)
            : await _firstDay.FindAsync(null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes every open day through a day, oldest first, days without events too. The first day ever closed is
    /// <see cref="SettlementOptions.StartsOn"/> or, without it, that of the earliest event. Days that are published already are skipped, so calling it
    /// again does no harm.
    /// </summary>
    /// <param name="last">The last day to close, included.</param>
    /// <param name="progress">Reports steps and chunks as they are done, from any thread.</param>
    /// <param name="cancellationToken">Stops; whole days and chunks that are done stay, and the next call continues from there.</param>
    /// <returns>The days that this call closed, alone or together with other instances; none while there is neither an event nor a first day.</returns>
    /// <exception cref="CloseRefusedException">
    /// The last day, and the grace after it, is not over yet; or calendar, rates or sources are not those that days were closed with; or nothing is
    /// published and one of the earliest events is followed by more than <see cref="SettlementOptions.EmptyDaysAtStartMax"/> days
    /// without any.
    /// </exception>
    /// <exception cref="UsageSourceException">
    /// A row of a source can't be counted: its id, its quantity or, of whatever day it is, its instant. The day stays unpublished.
    /// </exception>
    /// <exception cref="InvariantException">
    /// Lines are not the sum of events, or counters don't continue where they stood: the day stays unpublished.
    /// </exception>
    public Task<IReadOnlyList<ClosedDay>> CloseThroughAsync(
        DateOnly last, IProgress<CloseProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CloseOpenDaysAsync(last, isOnly: false, progress, cancellationToken);

    private async Task<IReadOnlyList<ClosedDay>> CloseOpenDaysAsync(
        DateOnly last, bool isOnly, IProgress<CloseProgress>? progress, CancellationToken cancellationToken)
    {
        ThrowIfNotOver(last);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        if (await FindFirstAsync(settings, last, isOnly, cancellationToken).ConfigureAwait(false) is not { } next || next > last)
            return [];

        var all = new DateRange(next, last);
        var closed = new List<ClosedDay>(all.Days);
        var calendar = settings.Calendar;
        foreach (var day in all.Each())
        {
            var number = day.DayNumber - all.First.DayNumber + 1;
            var runProgress = progress is null ? null : new DayProgress(progress, day, number, all.Days);
            (var done, calendar) = await CloseAsync(day, calendar, runProgress, cancellationToken).ConfigureAwait(false);
            if (done is not null)
                closed.Add(done);
        }

        return closed;
    }

    /// <summary>Closes one day: the next that is open. Nothing happens when it is published already.</summary>
    /// <param name="day">The day.</param>
    /// <param name="progress">Reports steps and chunks as they are done, from any thread.</param>
    /// <param name="cancellationToken">Stops; chunks that are done stay, and the next call continues from there.</param>
    /// <returns>The day; null when it was published before, or there is neither an event nor a first day.</returns>
    /// <exception cref="CloseRefusedException">As for <see cref="CloseThroughAsync"/>; or an earlier day is open.</exception>
    public async Task<ClosedDay?> CloseDayAsync(
        DateOnly day, IProgress<CloseProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var closed = await CloseOpenDaysAsync(day, isOnly: true, progress, cancellationToken).ConfigureAwait(false);
        return closed.Count == 0 ? null : closed[^1];
    }

    /// <summary>The first day to close, if there is one; where only the last is to be closed, no other may be open.</summary>
    private async Task<DateOnly?> FindFirstAsync(Settings settings, DateOnly last, bool isOnly, CancellationToken cancellationToken)
    {
        var next = settings.LastPublished is { } published
            ? published.Day.AddDays(1)
            : await _firstDay.FindAsync(isOnly ? null : last, cancellationToken).ConfigureAwait(false);
        if (isOnly && next < last)
        {
            throw new CloseRefusedException(FormattableString.Invariant(
                $"Day {last:O} can't be closed before {next:O}, which is still open: days close in order. ")
                + FormattableString.Invariant($"Close through {last:O} to close both."));
        }

        return next;
    }

    /// <summary>Days that are priced and wait for an approval, since their amounts are unusual.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposals, newest first.</returns>
    public Task<IReadOnlyList<Proposal>> ListAwaitingApprovalAsync(CancellationToken cancellationToken = default) =>
        _stores.Proposals.ListAsync(null, ProposalKind.Publication, ProposalState.Proposed, 1_000, cancellationToken);

    /// <summary>Approves the unusual amounts of a day: the next close publishes it, as long as they are the same.</summary>
    /// <param name="expectedHash">The hash of the proposal that is approved.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When it is approved.</returns>
    /// <exception cref="CorrectionRefusedException">No day waits with this hash.</exception>
    public async Task ApproveDayAsync(string expectedHash, string by, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        var waiting = await ListAwaitingApprovalAsync(cancellationToken).ConfigureAwait(false);
        var proposal = waiting.FirstOrDefault(p => p.Hash == expectedHash);
        if (proposal is null || !await _stores.Proposals.ApproveAsync(
            proposal.ProposalId, by, new Dictionary<DateOnly, int>(), [], cancellationToken).ConfigureAwait(false))
        {
            throw new CorrectionRefusedException($"No day waits for an approval with the hash {expectedHash}. List those that do: ListAwaitingApprovalAsync.");
        }
    }

    /// <returns>The day, null where another instance closed it; and the calendar with its boundaries, for the next day.</returns>
    private async Task<(ClosedDay? Closed, RecordedCalendar Calendar)> CloseAsync(
        DateOnly day, RecordedCalendar before, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        using var activity = SettlementTelemetry.Activities.StartActivity("settlement.close-day");
        activity?.SetTag("settlement.day", day.ToString("O", CultureInfo.InvariantCulture));
        var calendar = _plan.Calendar;
        var begun = await _stores.Days.BeginClosingAsync(day, before.RangeOf(day), calendar.ToString(), cancellationToken)
            .ConfigureAwait(false);

        // Read after it: from now on nothing is posted to the day any more.
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var after = new RecordedCalendar(calendar, settings.Days);
        if (begun.State == DayState.Published)
            return (null, after);
        var expected = calendar.RangeOf(day);
        if (begun.Range != expected)
            BoundariesBridged(day, begun.Range.ToString(), calendar.TimeZoneId, expected.ToString());
        await CounterStart.BeginAsync(_stores.Counters, _plan, day, cancellationToken).ConfigureAwait(false);

        RunReport report;
        try
        {
            report = await _runner.RunValidatedAsync(Pipeline(day, settings), _plan.Pipeline, progress, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (DayNeedsApprovalException e)
        {
            await ProposeAsync(e.Proposal, cancellationToken).ConfigureAwait(false);
            throw;
        }

        if (report.AlreadyCompleted)
            return (null, after);

        var quarantined = await _stores.Lines.ListQuarantinedAsync(day, cancellationToken).ConfigureAwait(false);
        if (quarantined.Count > 0 && report.ChunksOfLastStep > 0)
            UsageQuarantined(day, quarantined.Count, quarantined[0].Reason);

        // Of the instances that close the day together, the one that published it.
        if (report.ChunksOfLastStep > 0)
        {
            SettlementTelemetry.DaysPublished.Add(1);
            DayPublished(day, report.RunId, report.Rows, report.Duration.TotalSeconds);
        }

        return (new ClosedDay(day, report.Rows, report.Duration)
        {
            Quarantined = quarantined,
            ExpectedRange = begun.Range == expected ? null : expected,
        }, after);
    }

    /// <summary>Once for the same amounts, however often the close is tried.</summary>
    private async Task ProposeAsync(Proposal proposal, CancellationToken cancellationToken)
    {
        var waiting = await _stores.Proposals.ListAsync(null, ProposalKind.Publication, ProposalState.Proposed, 1_000, cancellationToken)
            .ConfigureAwait(false);
        if (waiting.All(p => p.Hash != proposal.Hash))
            await _stores.Proposals.AddAsync(proposal, [], cancellationToken).ConfigureAwait(false);
    }

    private Pipeline Pipeline(DateOnly day, Settings settings)
    {
        var calendar = _plan.Calendar;
        var rates = settings.RatesFor(day);
        var check = new PublicationCheck(_stores.Sums, _stores.Lines, _stores.Counters, _stores.Restatements, rates, calendar, day);
        return new Pipeline(PipelineName, day.ToString("O", CultureInfo.InvariantCulture), settings.Fingerprint(FormatVersion, day), [
            new SumEventsStep(_stores.Sums, _stores.Adjustments, _stores.Restatements, _stores.Lines, _plan, settings, day),
            new PriceItemsStep(
                _stores.Sums, _stores.Lines, _stores.Counters, _stores.Restatements, new LinePricer(day, calendar, rates), rates, day,
                _plan.PartialsPerItemRange),
            new PublishStep(
                _stores.Days, _stores.Lines, _stores.Rates, _stores.Sources, _settings, new RankingWriter(_stores.Rankings, calendar, _plan.RankingSize), check,
                new AnomalyCheck(_stores.Lines, _stores.Proposals, _plan.Corrections, _clock), _stores.Runs, [_stores.Sums, _stores.Lines, _stores.Rankings],
                settings, day),
        ]);
    }

    private void ThrowIfNotOver(DateOnly last)
    {
        var end = _plan.Calendar.RangeOf(last).End;
        var due = end + _plan.Grace;
        var now = _clock.GetUtcNow();
        if (now < due)
        {
            throw new CloseRefusedException(string.Create(
                CultureInfo.InvariantCulture,
                $"Day {last:O} can't be closed before {due:yyyy-MM-dd'T'HH:mm:ss'Z'}: in {_plan.Calendar.TimeZoneId} it ends at "
                + $"{end:yyyy-MM-dd'T'HH:mm:ss'Z'}, and events have a grace of {_plan.Grace.TotalMinutes:0.##} minutes to come in; "
                + $"it is {now:yyyy-MM-dd'T'HH:mm:ss'Z'}. Close an earlier day, or wait."));
        }
    }

    private sealed class DayProgress(IProgress<CloseProgress> progress, DateOnly day, int number, int days) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => progress.Report(new CloseProgress(day, number, days, value));
    }

    [LoggerMessage(200, LogLevel.Information, "Day {Day:yyyy-MM-dd} is published by run {RunId}: {Events} events read here, {Seconds:0.0} s")]
    private partial void DayPublished(DateOnly day, long runId, long events, double seconds);

    [LoggerMessage(201, LogLevel.Warning,
        "Day {Day:yyyy-MM-dd} is closed as {Range}, where the day before ended; by the rules of {Zone} it would be {Expected}. The rules changed since")]
    private partial void BoundariesBridged(DateOnly day, string range, string zone, string expected);

    [LoggerMessage(202, LogLevel.Error, "Day {Day:yyyy-MM-dd} is published with {Count} sums in quarantine, which are not paid. The first: {Reason}")]
    private partial void UsageQuarantined(DateOnly day, int count, string reason);
}
