using System.CommandLine;
using Settlement.SampleHost.Output;
using Settlement.Verification;

namespace Settlement.SampleHost.Commands;

/// <summary><c>reconcile</c>: finds events that came into closed days, and has the next open day count them.</summary>
internal static class ReconcileCommand
{
    public static Command Create(CommonOptions common)
    {
        var from = CommandOptions.Date("--from", "The first day.");
        var to = CommandOptions.Date("--to", "The last day, included.");
        var command = new Command(
            "reconcile",
            "Find events that came into closed days past the import, and count them on the first open day, under their own. Exit code 1, and where, "
            + "when events of a closed day were changed or deleted: those are not counted.") { from, to };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var days = CommandOptions.Range(parsed, from, to);
            await using var session = common.OpenExisting(parsed);
            var report = await ProgressView.RunAsync("Reconciling", view => session.Engine.Reconciler.ReconcileAsync(
                days,
                new ProgressMap<VerificationProgress>(view, p => new WorkState(p.DayNumber / (double)p.Days, Text.Day(p.Day))),
                cancellationToken));
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    From = days.First, To = days.Last, report.Days, report.EventsFound, report.AdjustmentsCount, report.Adjustments,
                    report.ChangesCount, report.Changes,
                });
            }
            else
            {
                Print(report);
            }

            return report.ChangesCount == 0 ? ExitCode.Done : ExitCode.Found;
        });
        return command;
    }

    private static void Print(ReconciliationReport report)
    {
        var looked = Text.Count(report.Days, "closed day", "closed days");
        if (report.EventsFound == 0)
        {
            Console.WriteLine($"Nothing came into {looked}.");
        }
        else
        {
            Console.WriteLine($"{Text.Count(report.EventsFound, "event", "events")} came into {looked} and will be counted:");
            var found = new TextTable("Own day", "Counted on", "Meter", "Item", "Payee", ">Quantity", ">Events");
            foreach (var one in report.Adjustments)
            {
                found.Add(
                    Text.Day(one.OwnDay), Text.Day(one.CountedOn), Text.Id(one.Meter), Text.Id(one.ItemId), Text.Id(one.PayeeId),
                    Text.Number(one.Quantity), Text.Number(one.Events));
            }

            found.Print();
            PrintRest(report.AdjustmentsCount, report.Adjustments.Count);
        }

        if (report.ChangesCount == 0)
            return;
        Console.WriteLine($"{Text.Count(report.ChangesCount, "total was", "totals were")} changed, or had events deleted, after the close. That is not counted:");
        var changes = new TextTable("Day", "Meter", "Item", "Payee", ">Closed with", ">Now");
        foreach (var change in report.Changes)
            changes.Add(Text.Day(change.Day), Text.Id(change.Meter), Text.Id(change.ItemId), Text.Id(change.PayeeId), change.Published!, change.Computed!);
        changes.Print();
        PrintRest(report.ChangesCount, report.Changes.Count);
    }

    private static void PrintRest(long count, int shown)
    {
        if (count > shown)
            Console.WriteLine($"The first {Text.Number(shown)} are shown.");
    }
}
