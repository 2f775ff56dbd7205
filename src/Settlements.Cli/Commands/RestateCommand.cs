using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>restate</c>: proposes to correct published lines according to the current settings.</summary>
internal static class RestateCommand
{
    public static Command Create(CommonOptions common)
    {
        var from = CommandOptions.Date("--from", "The first usage date.");
        var to = CommandOptions.Date("--to", "The last usage date, included.");
        var (reason, by) = (ProposalOptions.Reason(), ProposalOptions.By());
        var command = new Command(
            "restate",
            "Recompute published lines with the current settlement's file, and propose the differences, with a preview.")
        {
            from, to, reason, by,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var days = CommandOptions.Range(parsed, from, to);
            await using var context = common.OpenExisting(parsed);
            var restatement = await ProgressView.RunAsync("Computing", _ => context.Engine.Restatements.RestateAsync(
                days, parsed.GetValue(reason)!, parsed.GetValue(by)!, cancellationToken));
            Print(restatement, common.IsJson(parsed));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(Restatement restatement, bool isJson)
    {
        if (isJson)
        {
            Json.Print(new
            {
                Proposal = restatement.RestatementId, restatement.State, restatement.Hash, From = restatement.Days.First,
                To = restatement.Days.Last,
                restatement.Reason, restatement.ProposedBy, restatement.EntriesCount,
                Entries = restatement.Entries.Select(e => new
                {
                    Restates = e.Restates.ToString(), e.Meter, e.ItemId, e.PayeeId, e.UsageDate, e.Quantity, e.Events, e.Price,
                }),
                Amounts = restatement.Amounts.Select(AmountJson.Of),
            });
            return;
        }

        if (restatement.RestatementId == 0)
        {
            Console.WriteLine($"No line of {Text.Days(restatement.Days)} differs: nothing is proposed.");
            return;
        }

        var count = Text.Count(restatement.EntriesCount, "line differs", "lines differ");
        Console.WriteLine($"Proposed as restatement {restatement.RestatementId}: {count}.");
        var table = new TextTable("Line", "Usage date", "Meter", "Item", "Payee", ">Quantity", ">Published", ">Restated", "Version");
        foreach (var entry in restatement.Entries)
        {
            table.Add(
                Text.Id(entry.Restates.ToString()), Text.Day(entry.UsageDate), Text.Id(entry.Meter), Text.Id(entry.ItemId),
                Text.Id(entry.PayeeId),
                Text.Number(entry.Quantity), entry.Price is { } old ? Text.Amount(old.OldAmount) : "",
                entry.Price is { } price ? Text.Amount(price.NewAmount) : "", Text.Id(entry.Price?.NewVersion ?? ""));
        }

        table.Print();
        if (restatement.EntriesCount > restatement.Entries.Count)
            Console.WriteLine($"The first {Text.Number(restatement.Entries.Count)} are listed.");
        ProposalOptions.PrintNext(restatement.RestatementId, restatement.Hash, restatement.Amounts);
    }
}
