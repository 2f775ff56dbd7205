using System.CommandLine;
using Settlements.Pipelines;

namespace Settlements.Cli;

/// <summary><c>estimate</c>: prints what the open days of a period have come to so far.</summary>
internal static class EstimateCommand
{
    public static Command Create(CommonOptions common)
    {
        var refresh = new Option<bool>("--refresh")
        {
            Description = "Estimate the open days now. Without it, the last estimate is printed.",
        };
        var through = CommandOptions.Date("--through", "The last open day to estimate, with --refresh. Default: today.", required: false);
        var period = CommandOptions.Period(required: false);
        var date = CommandOptions.Date("--date", "A day of the period. Default: the last day to estimate.", required: false);
        var payee = CommandOptions.Text("--payee", "Only this payee.", "ID", required: false);
        var command = new Command(
            "estimate",
            "Print what the open days of a day, a week or a month have come to so far. Nothing is published. Default: the month.")
        {
            refresh, through, period, date, payee,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var isRefreshed = parsed.GetValue(refresh);
            if (parsed.GetValue(through) != default && !isRefreshed)
                throw new UsageException("--through names the last day to estimate: use it together with --refresh.");
            await using var context = common.OpenExisting(parsed);
            var now = parsed.GetValue(through) is var last && last != default
                ? context.Calendar.RangeOf(last).End.AddMicroseconds(-1)
                : TimeProvider.System.GetUtcNow();
            var refreshed = isRefreshed ? await RefreshAsync(context, now, cancellationToken) : null;
            var day = parsed.GetValue(date) is var given && given != default ? given : context.Calendar.DayOf(now);
            var kind = parsed.GetResult(period) is null ? CalendarPeriod.Month : parsed.GetValue(period);
            var estimate = await ProgressView.RunAsync("Summing", _ =>
                context.Engine.Estimates.ReadAsync(parsed.GetValue(payee), kind, day, cancellationToken));
            if (common.IsJson(parsed))
                PrintJson(kind, estimate, refreshed);
            else
                Print(kind, estimate, refreshed);
            return ExitCode.Success;
        });
        return command;
    }

    private static Task<EstimateRefresh> RefreshAsync(CommandContext context, DateTimeOffset now, CancellationToken cancellationToken) =>
        ProgressView.RunAsync("Estimating", view => context.Engine.Estimates.RefreshAsync(
            now,
            new ProgressMap<RunProgress>(view, p => new WorkState(
                (p.StepNumber - 1 + p.Fraction) / p.Steps, $"{p.Step}, chunk {p.ChunksDone} of {p.ChunksTotal}")),
            cancellationToken));

    private static void PrintJson(CalendarPeriod period, PeriodEstimate estimate, EstimateRefresh? refreshed) => Json.Print(new
    {
        Period = period, estimate.Days.First, estimate.Days.Last, Estimate = EstimateText.Json(estimate.Estimate),
        Refreshed = refreshed is null ? null : new
        {
            First = refreshed.Days?.First, Last = refreshed.Days?.Last, refreshed.Events, refreshed.IsShared,
            DurationSeconds = Json.Seconds(refreshed.Duration),
        },
        Payees = estimate.Payees.Select(StatementCommand.PayeeJson),
        Quarantined = estimate.Quarantined.Select(QuarantineText.Json),
    });

    private static void Print(CalendarPeriod period, PeriodEstimate estimate, EstimateRefresh? refreshed)
    {
        if (refreshed is not null)
        {
            Console.WriteLine(refreshed.Days is { } days
                ? $"Estimated {Text.Days(days)}: {Text.Count(refreshed.Events, "event", "events")}."
                : "Nothing to estimate: no day is open.");
        }

        var name = $"{(period == CalendarPeriod.Day ? "" : $"{period.ToString().ToLowerInvariant()} ")}{Text.Days(estimate.Days)}";
        if (estimate.Estimate is not { } of)
        {
            Console.WriteLine($"No day of {name} is estimated. Estimate the open days: settlement estimate --refresh");
            return;
        }

        Console.WriteLine($"Open days of {name}, {EstimateText.Of(of)}: {Text.Count(estimate.Payees.Count, "payee", "payees")}");
        QuarantineText.Print(estimate.Quarantined);
        if (estimate.Payees.Count > 0)
            StatementCommand.PrintPayees(estimate.Payees);
    }
}
