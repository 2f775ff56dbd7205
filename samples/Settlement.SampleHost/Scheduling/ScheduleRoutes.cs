using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Usage;
using Settlement.SampleHost.Users;
using Settlements;
using Settlements.Pipelines;

namespace Settlement.SampleHost.Scheduling;

/// <summary>Endpoints under <c>/api/schedule</c>: closes of days and pipeline runs; admins only.</summary>
internal static class ScheduleRoutes
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    public static void MapSchedule(this IEndpointRouteBuilder api)
    {
        var schedule = api.MapGroup("/schedule").WithTags("Schedule").RequireAuthorization(Roles.Admin);
        schedule.MapGet("/", ShowAsync).WithSummary("Get the next day to close and the state of the schedule");
        schedule.MapGet("/check", CheckAsync).WithSummary(
            "Get what closing all open days through the given day would do; nothing is changed");
        schedule.MapGet("/closes", ListAsync).WithSummary("List closes, newest first");
        schedule.MapPost("/closes", StartAsync)
            .WithSummary("Start closing all open days through the given day; returns before the close ends");
        schedule.MapGet("/closes/{closeId}", FindAsync).WithSummary("Get a close and its progress");
        schedule.MapPost("/closes/{closeId}/cancel", CancelAsync).WithSummary("Cancel a running close; it stops between two chunks");
        schedule.MapGet("/closes/{closeId}/events", FollowAsync)
            .WithSummary("Stream the progress of a close as server-sent events, until it ends");
        schedule.MapGet("/runs", RunsAsync).WithSummary("List the library's pipeline runs, with chunks, rows and incidents");
        schedule.MapGet("/runs/{runId}/incidents", IncidentsAsync)
            .WithSummary("List the incidents of a run: retries, reassigned chunks, failures");
    }

    private static async Task<Ok<Status>> ShowAsync(
        DayCloses closes, NextDay nextDay, IOptions<ScheduleOptions> options, CancellationToken cancellationToken)
    {
        var next = await nextDay.FindAsync(cancellationToken);
        return TypedResults.Ok(new Status(options.Value.Enabled, options.Value.CatchUpDaysMax, next, closes.LastDue()));
    }

    private static async Task<Ok<Page<CloseRun>>> ListAsync(
        DayCloses closes, CancellationToken cancellationToken, string? after = null, int count = Paging.CountDefault) =>
        TypedResults.Ok(Page.Of(await closes.ListAsync(after, Paging.Validate(count), cancellationToken), count, c => c.CloseId));

    private static async Task<Accepted<CloseRun>> StartAsync(
        CloseRequest? body, Caller caller, ManualCloses manual, CancellationToken cancellationToken)
    {
        // No default: published days never change, so a request that lost its body must not close anything.
        if (body?.Through is not { Length: > 0 } day)
        {
            throw PlatformException.BadRequest(
                "through is missing. Give the last day to close, for example 2026-03-10; GET /api/schedule returns the next day "
                + "to close and the last day that has ended.");
        }

        var run = await manual.StartAsync(caller.RequireUserId(), Periods.ReadDay(day, "through"), cancellationToken);
        return TypedResults.Accepted($"/api/schedule/closes/{run.CloseId}", run);
    }

    private static async Task<Ok<Check>> CheckAsync(
        CloseCheck check, DayCloses closes, CancellationToken cancellationToken, string? through = null)
    {
        var last = closes.ValidateThrough(Periods.ReadDay(through, "through"));
        var outlook = await check.ReadAsync(last, cancellationToken);
        return TypedResults.Ok(new Check(
            outlook.Days?.First, last, outlook.Days?.Days ?? 0, [.. outlook.Rates.Select(r => $"{r.Meter} {r.Version.Version}")],
            [.. outlook.Drafts.Select(r => r.Proposal!.ProposalId)], [.. outlook.Corrections.Select(p => p.ProposalId)],
            [.. outlook.Waiting.Select(p => p.ProposalId)], outlook.Quarantined, outlook.Amounts, PlatformMeters.CurrencyCode));
    }

    private static async Task<Accepted> CancelAsync(string closeId, Caller caller, DayCloses closes, CancellationToken cancellationToken)
    {
        await closes.CancelAsync(closeId, caller.RequireUserId(), cancellationToken);
        return TypedResults.Accepted($"/api/schedule/closes/{closeId}");
    }

    private static async Task<Ok<CloseRun>> FindAsync(string closeId, DayCloses closes, CancellationToken cancellationToken) =>
        TypedResults.Ok(await closes.FindAsync(closeId, cancellationToken));

    private static async Task<ServerSentEventsResult<CloseRun>> FollowAsync(
        string closeId, DayCloses closes, TimeProvider clock, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        // Read before the response starts, while an error can still be sent as a problem document.
        var run = await closes.FindAsync(closeId, cancellationToken);
        return TypedResults.ServerSentEvents(
            ReadUntilEndAsync(run, closes, clock, lifetime.ApplicationStopping, cancellationToken), eventType: "close");
    }

    private static async IAsyncEnumerable<CloseRun> ReadUntilEndAsync(
        CloseRun run, DayCloses closes, TimeProvider clock, CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A stopping host waits for its open requests, so this stream ends; the client reconnects to another instance.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        yield return run;
        while (run.State == CloseState.Running)
        {
            await Task.Delay(PollInterval, clock, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested)
                yield break;
            run = await closes.FindAsync(run.CloseId, cancellationToken);
            yield return run;
        }
    }

    private static async Task<Ok<IReadOnlyList<PipelineRun>>> RunsAsync(
        SettlementEngine engine, CancellationToken cancellationToken, int count = Paging.CountDefault) =>
        TypedResults.Ok(await engine.Pipelines.ListRunsAsync(Paging.Validate(count), cancellationToken));

    private static async Task<Ok<IReadOnlyList<RunIncident>>> IncidentsAsync(
        long runId, SettlementEngine engine, CancellationToken cancellationToken) =>
            await engine.Pipelines.FindRunAsync(runId, cancellationToken) is null
        ? throw PlatformException.NotFound("run", runId.ToString(CultureInfo.InvariantCulture))
        : TypedResults.Ok(await engine.Pipelines.ListIncidentsAsync(runId, cancellationToken));

    internal sealed record CloseRequest(string? Through);

    /// <summary>What a close would do.</summary>
    /// <param name="First">The first day that it closes; null if all are closed.</param>
    /// <param name="Last">The last day.</param>
    /// <param name="Days">The number of days.</param>
    /// <param name="Rates">The versions whose first day is among them.</param>
    /// <param name="Drafts">The drafts of rates that would begin by then and are not approved.</param>
    /// <param name="Corrections">The approved restatements that it posts.</param>
    /// <param name="Waiting">The corrections that are not approved.</param>
    /// <param name="Quarantined">The number of sums of usage that could not be priced, and are priced again.</param>
    /// <param name="Amounts">The estimated amounts in total and by payee; null if all days are closed.</param>
    /// <param name="Currency">The currency of the amounts.</param>
    internal sealed record Check(
        DateOnly? First, DateOnly Last, int Days, IReadOnlyList<string> Rates, IReadOnlyList<long> Drafts, IReadOnlyList<long> Corrections,
        IReadOnlyList<long> Waiting, int Quarantined, CloseAmounts? Amounts, string Currency);

    /// <summary>The state of the schedule.</summary>
    /// <param name="IsEnabled">Whether this instance runs the schedule.</param>
    /// <param name="CatchUpDaysMax">The maximum number of days that one scheduled run closes.</param>
    /// <param name="NextDay">The next day to close; null before the first event.</param>
    /// <param name="LastDue">The last day that has ended, grace period included.</param>
    internal sealed record Status(bool IsEnabled, int CatchUpDaysMax, DateOnly? NextDay, DateOnly LastDue);
}
