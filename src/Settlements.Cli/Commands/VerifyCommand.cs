using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>verify</c>: recomputes closed days from their events and compares the results.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommonOptions common)
    {
        var from = CommandOptions.Date("--from", "The first day.");
        var to = CommandOptions.Date("--to", "The last day, included.");
        var command = new Command(
            "verify", "Recompute totals and lines of closed days and list the differences. Exit code 1 when there are differences.")
        {
            from, to,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var days = CommandOptions.Range(parsed, from, to);
            await using var context = common.OpenExisting(parsed);
            var report = await ProgressView.RunAsync("Verifying", view => context.Engine.Verifier.VerifyAsync(
                days,
                new ProgressMap<VerificationProgress>(view, p => new WorkState(p.DayNumber / (double)p.Days, Text.Day(p.Day))),
                cancellationToken));
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    From = days.First, To = days.Last, report.Days, report.Lines, report.IsClean, report.DifferencesCount,
                    report.Differences,
                });
            }
            else
            {
                Print(report);
            }

            return report.IsClean ? ExitCode.Success : ExitCode.Differences;
        });
        return command;
    }

    private static void Print(VerificationReport report)
    {
        var compared = $"{Text.Count(report.Days, "closed day", "closed days")}, {Text.Count(report.Lines, "line", "lines")}";
        if (report.IsClean)
        {
            Console.WriteLine(report.Days == 0
                ? "None of these days is closed; nothing was compared."
                : $"No difference: {compared}.");
            return;
        }

        Console.WriteLine($"{Text.Count(report.DifferencesCount, "difference", "differences")} in {compared}:");
        var table = new TextTable("Day", "Meter", "Item", "Payee", "What", ">Published", ">Computed");
        foreach (var difference in report.Differences)
        {
            table.Add(
                Text.Day(difference.Day), Text.Id(difference.Meter), Text.Id(difference.ItemId), Text.Id(difference.PayeeId),
                difference.What,
                difference.Published ?? "nothing", difference.Computed ?? "nothing");
        }

        table.Print();
        if (report.DifferencesCount > report.Differences.Count)
            Console.WriteLine($"The first {Text.Number(report.Differences.Count)} are listed.");
    }
}
