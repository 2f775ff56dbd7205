using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>reconcile</c>: compares closed days with their usage, and posts differences to the next open day.</summary>
internal static class ReconcileCommand
{
    public static Command Create(CommonOptions common)
    {
        var from = CommandOptions.Date("--from", "The first day.");
        var to = CommandOptions.Date("--to", "The last day, included.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Report differences without posting them." };
        var decreases = Policy("--decreases", "How to handle usage that has disappeared:", FindingPolicy.Report);
        var payees = Policy("--payee-changes", "How to handle usage whose payee has changed:", FindingPolicy.Report);
        var full = new Option<bool>("--full")
        {
            Description = "Sum all days again, including those whose sources state that their data is unchanged.",
        };
        var command = new Command(
            "reconcile",
            "Compare closed days with the current usage in their sources. Additional usage is posted to the first open day with its usage "
            + "date; decreases and changed payees are reported. Exit code 1 when a difference was reported and not posted.")
        {
            from, to, dryRun, decreases, payees, full,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var days = CommandOptions.Range(parsed, from, to);
            var options = new ReconcileOptions
            {
                DryRun = parsed.GetValue(dryRun), Decreases = parsed.GetValue(decreases), PayeeChanges = parsed.GetValue(payees),
                Full = parsed.GetValue(full),
            };
            await using var context = common.OpenExisting(parsed);
            var report = await ProgressView.RunAsync("Reconciling", view => context.Engine.Reconciler.ReconcileAsync(
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

            return report.ReportedCount == 0 && report.EarlierRows.Count == 0 ? ExitCode.Success : ExitCode.Differences;
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
            foreach (var finding in report.Findings)
            {
                table.Add(
                    Text.Day(finding.UsageDate), Text.Id(finding.Meter), Text.Id(finding.ItemId), Text.Id(finding.PayeeId),
                    Name(finding.Kind), Text.Number(finding.QuantityBefore), Text.Number(finding.QuantityAfter),
                    Text.Number(finding.Quantity),
                    finding.PostingDate is { } posted ? $"posted to {Text.Day(posted)}" : "reported");
            }

            table.Print();
        }

        if (report.PostedCount + report.ReportedCount > report.Findings.Count)
            Console.WriteLine($"The first {Text.Number(report.Findings.Count)} are listed.");
        foreach (var (source, first) in report.EarlierRows)
        {
            Console.WriteLine(
                $"Source {source} has rows before the first closed day, from {first:yyyy-MM-dd'T'HH:mm:ss'Z'} on, which are not posted.");
        }
    }

    private static string Name(FindingKind kind) => kind switch
    {
        FindingKind.Increase => "increase",
        FindingKind.Decrease => "decrease",
        _ => "payee change",
    };
}
