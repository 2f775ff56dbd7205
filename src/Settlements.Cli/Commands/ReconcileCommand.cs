using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>reconcile</c>: compares closed days with their usage, and posts differences to the next open day.</summary>
internal static class ReconcileCommand
{
    public static Command Create(CommonOptions common)
    {
        var from = CommandOptions.Date("--from", "The first day.");
        var to = CommandOptions.Date("--to", "The last day, included.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only report." };
        var decreases = Policy("--decreases", "What to do with usage that disappeared.", FindingPolicy.Report);
        var payees = Policy("--payee-changes", "What to do with usage that names another payee now.", FindingPolicy.Report);
        var command = new Command(
            "reconcile",
            "Compare closed days with their usage as it is now. What came in past the import is posted to the first open day, "
            + "as usage of its own date; decreases and changed payees are reported. Exit code 1 when something is only reported.")
        {
            from, to, dryRun, decreases, payees,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var days = CommandOptions.Range(parsed, from, to);
            var options = new ReconcileOptions
            {
                DryRun = parsed.GetValue(dryRun), Decreases = parsed.GetValue(decreases), PayeeChanges = parsed.GetValue(payees),
            };
            await using var session = common.OpenExisting(parsed);
            var report = await ProgressView.RunAsync("Reconciling", view => session.Engine.Reconciler.ReconcileAsync(
                days, options,
                new ProgressMap<VerificationProgress>(view, p => new WorkState(p.DayNumber / (double)p.Days, Text.Day(p.Day))),
                cancellationToken));
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    From = days.First, To = days.Last, report.Days, report.EventsPosted, report.PostedCount, report.ReportedCount,
                    report.Findings,
                    EarlierRows = report.EarlierRows.Select(e => new { e.Source, e.First }),
                });
            }
            else
            {
                Print(report);
            }

            return report.ReportedCount == 0 && report.EarlierRows.Count == 0 ? ExitCode.Done : ExitCode.Found;
        });
        return command;
    }

    private static Option<FindingPolicy> Policy(string name, string description, FindingPolicy value) =>
        new(name)
        {
            Description = $"{description} report or post. Default: {value.ToString().ToLowerInvariant()}",
            DefaultValueFactory = _ => value,
        };

    private static void Print(ReconciliationReport report)
    {
        Console.WriteLine(
            $"{Text.Count(report.Days, "closed day", "closed days")}: "
            + $"{Text.Count(report.PostedCount, "difference", "differences")} posted, {Text.Number(report.ReportedCount)} reported.");
        if (report.Findings.Count > 0)
        {
            var table = new TextTable("Usage date", "Meter", "Item", "Payee", "Kind", ">Counted", ">Now", ">Difference", "Outcome");
            foreach (var one in report.Findings)
            {
                table.Add(
                    Text.Day(one.UsageDate), Text.Id(one.Meter), Text.Id(one.ItemId), Text.Id(one.PayeeId), Name(one.Kind),
                    Text.Number(one.QuantityBefore), Text.Number(one.QuantityAfter), Text.Number(one.Quantity),
                    one.PostingDate is { } posted ? $"posted to {Text.Day(posted)}" : "reported");
            }

            table.Print();
        }

        if (report.PostedCount + report.ReportedCount > report.Findings.Count)
            Console.WriteLine($"The first {Text.Number(report.Findings.Count)} are shown.");
        foreach (var (source, first) in report.EarlierRows)
        {
            Console.WriteLine(
                $"Source {source} has rows from before the first closed day, from {first:yyyy-MM-dd'T'HH:mm:ss'Z'} on: no day counts them.");
        }
    }

    private static string Name(FindingKind kind) => kind switch
    {
        FindingKind.Increase => "increase",
        FindingKind.Decrease => "decrease",
        _ => "payee change",
    };
}
