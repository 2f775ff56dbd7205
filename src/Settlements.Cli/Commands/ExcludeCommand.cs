using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>exclude</c>: proposes to exclude usage.</summary>
internal static class ExcludeCommand
{
    public static Command Create(CommonOptions common)
    {
        var from = CommandOptions.Date("--from", "The first usage date.");
        var to = CommandOptions.Date("--to", "The last usage date, included.");
        var meters = Many<string>("--meter", "Only this meter.", "METER");
        var items = Many<string>("--item", "Only this item.", "ID");
        var payees = Many<string>("--payee", "Only this payee.", "ID");
        var events = Many<Guid>("--event", "Only this event of the library's own table.", "UUID");
        var reference = CommandOptions.Text("--reference", "Only events with this reference.", "TEXT", required: false);
        var quantity = CommandOptions.Count("--quantity", "Only this number of units of the one sum that matches. Default: all.", 0, 1,
            int.MaxValue);
        var (reason, by) = (ProposalOptions.Reason(), ProposalOptions.By());
        var command = new Command("exclude", "Propose to exclude usage, with a preview. Options that name ids may be given several times.")
        {
            from, to, meters, items, payees, events, reference, quantity, reason, by,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var filter = new UsageFilter(CommandOptions.Range(parsed, from, to))
            {
                Meters = parsed.GetValue(meters) ?? [], ItemIds = parsed.GetValue(items) ?? [], PayeeIds = parsed.GetValue(payees) ?? [],
                EventIds = parsed.GetValue(events) ?? [], Reference = parsed.GetValue(reference),
                Quantity = parsed.GetResult(quantity) is { Implicit: false } ? parsed.GetValue(quantity) : null,
            };
            await using var context = common.OpenExisting(parsed);
            var exclusion = await ProgressView.RunAsync("Matching", _ => context.Engine.Exclusions.ExcludeAsync(
                filter, parsed.GetValue(reason)!, parsed.GetValue(by)!, cancellationToken));
            Print(exclusion, common.IsJson(parsed));
            return ExitCode.Success;
        });
        return command;
    }

    public static void Print(Exclusion exclusion, bool isJson)
    {
        if (isJson)
        {
            Json.Print(new
            {
                Proposal = exclusion.ExclusionId, exclusion.Kind, exclusion.State, exclusion.Hash, exclusion.Reason, exclusion.ProposedBy,
                exclusion.PartsCount, exclusion.Parts, Amounts = exclusion.Amounts.Select(AmountJson.Of),
            });
            return;
        }

        Console.WriteLine($"Proposed as {ProposalOptions.Name(exclusion.Kind)} {exclusion.ExclusionId}:");
        var table = new TextTable("Usage date", "Meter", "Item", "Payee", ">Quantity", ">Events");
        foreach (var part in exclusion.Parts)
        {
            table.Add(
                Text.Day(part.UsageDate), Text.Id(part.Meter), Text.Id(part.ItemId), Text.Id(part.PayeeId), Text.Number(part.Quantity),
                Text.Number(part.Events));
        }

        table.Print();
        if (exclusion.PartsCount > exclusion.Parts.Count)
            Console.WriteLine($"The first {Text.Number(exclusion.Parts.Count)} of {Text.Number(exclusion.PartsCount)} are listed.");
        ProposalOptions.PrintNext(exclusion.ExclusionId, exclusion.Hash, exclusion.Amounts);
    }

    private static Option<T[]> Many<T>(string name, string description, string helpName) => new(name)
    {
        Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false,
    };
}
