using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Users;
using Settlements;
using Settlements.Pipelines;

namespace Settlement.SampleHost.Scheduling;

/// <summary><c>/api/schedule</c>: what closes days, for admins.</summary>
internal static class ScheduleRoutes
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    public static void MapSchedule(this IEndpointRouteBuilder api)
    {
        var schedule = api.MapGroup("/schedule").WithTags("Schedule").RequireAuthorization(Roles.Admin);
        schedule.MapGet("/", ShowAsync).WithSummary("Which day is closed next, and whether by the schedule");
        schedule.MapGet("/closes", ListAsync).WithSummary("What closed days, the newest first");
        schedule.MapPost("/closes", StartAsync).WithSummary("Closes every open day through one that is named; answers at once, before the end");
        schedule.MapGet("/closes/{closeId}", FindAsync).WithSummary("How far a close is");
        schedule.MapPost("/closes/{closeId}/cancel", CancelAsync).WithSummary("Cancels a close that is running; it stops between two chunks");
        schedule.MapGet("/closes/{closeId}/events", FollowAsync).WithSummary("The same as server-sent events, until its end");
        schedule.MapGet("/runs", RunsAsync).WithSummary("The library's runs: chunks, rows, what each met");
        schedule.MapGet("/runs/{runId}/incidents", IncidentsAsync).WithSummary("What a run met: retries, chunks that changed hands, failures");
    }

    private static async Task<Ok<Status>> ShowAsync(
        DayCloses closes, SettlementEngine engine, IOptions<ScheduleOptions> options, CancellationToken cancellationToken)
    {
        var next = await engine.Days.FindNextAsync(cancellationToken);
        return TypedResults.Ok(new Status(options.Value.Enabled, options.Value.CatchUpDaysMax, next, closes.LastDue()));
    }

    private static async Task<Ok<Page<CloseRun>>> ListAsync(
        DayCloses closes, CancellationToken cancellationToken, string? after = null, int count = Paging.CountDefault) =>
        TypedResults.Ok(Page.Of(await closes.ListAsync(after, Paging.Checked(count), cancellationToken), count, c => c.CloseId));

    private static async Task<Accepted<CloseRun>> StartAsync(
        CloseRequest? body, Caller caller, ManualCloses manual, CancellationToken cancellationToken)
    {
        // No default: what is published never changes, so a request that lost its body must not close anything.
        if (body?.Through is not { Length: > 0 } day)
            throw PlatformException.Wrong("through is missing. Name the last day to close, such as 2026-03-10; GET /api/schedule has the next day and the last one that is over.");
        var run = await manual.StartAsync(caller.RequireUserId(), Periods.ReadDay(day, "through"), cancellationToken);
        return TypedResults.Accepted($"/api/schedule/closes/{run.CloseId}", run);
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
        // Found before the answer begins, while it still can be a problem document.
        var run = await closes.FindAsync(closeId, cancellationToken);
        return TypedResults.ServerSentEvents(ReadUntilEndAsync(run, closes, clock, lifetime.ApplicationStopping, cancellationToken), eventType: "close");
    }

    private static async IAsyncEnumerable<CloseRun> ReadUntilEndAsync(
        CloseRun run, DayCloses closes, TimeProvider clock, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A host that stops waits for its requests: this one ends then, and its client asks again, another host.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        yield return run;
        while (run.State == CloseState.Running)
        {
            await Task.Delay(LookInterval, clock, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested)
                yield break;
            run = await closes.FindAsync(run.CloseId, cancellationToken);
            yield return run;
        }
    }

    private static async Task<Ok<IReadOnlyList<PipelineRun>>> RunsAsync(
        SettlementEngine engine, CancellationToken cancellationToken, int count = Paging.CountDefault) =>
        TypedResults.Ok(await engine.Pipelines.ListRunsAsync(Paging.Checked(count), cancellationToken));

    private static async Task<Ok<IReadOnlyList<RunIncident>>> IncidentsAsync(
        long runId, SettlementEngine engine, CancellationToken cancellationToken) => await engine.Pipelines.FindRunAsync(runId, cancellationToken) is null
        ? throw PlatformException.NotFound("run", runId.ToString(CultureInfo.InvariantCulture))
        : TypedResults.Ok(await engine.Pipelines.ListIncidentsAsync(runId, cancellationToken));

    internal sealed record CloseRequest(string? Through);

    /// <param name="IsEnabled">Whether this host takes part in the schedule.</param>
    /// <param name="CatchUpDaysMax">The most days that the schedule closes at one time.</param>
    /// <param name="NextDay">The day that is closed next; null before the first event.</param>
    /// <param name="LastDue">The last day that is over, grace included.</param>
    internal sealed record Status(bool IsEnabled, int CatchUpDaysMax, DateOnly? NextDay, DateOnly LastDue);
}
