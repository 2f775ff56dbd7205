using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>explain</c>: shows how the amounts of an item's lines on a day were computed.</summary>
internal static class ExplainCommand
{
    public static Command Create(CommonOptions common)
    {
        var date = CommandOptions.Date("--date", "The business day.");
        var meter = CommandOptions.Text("--meter", "The meter, for example video.view.", "METER");
        var item = CommandOptions.Text("--item", "The item.", "ID");
        var command = new Command("explain",
            "Show an item's lines of a day tier by tier, with the rate version that priced them.") { date, meter, item };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (day, of, id) = (parsed.GetValue(date), parsed.GetValue(meter)!, parsed.GetValue(item)!);
            await using var context = common.OpenExisting(parsed);
            var lines = await context.Engine.Lines.ExplainAsync(day, of, id, cancellationToken);
            if (lines.Count == 0)
                throw new UsageException(await DescribeMissingAsync(context, day, of, id, cancellationToken));
            if (common.IsJson(parsed))
                Json.Print(new { Day = day, Meter = of, ItemId = id, Lines = lines.Select(Document) });
            else
                lines.ToList().ForEach(Print);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<string> DescribeMissingAsync(CommandContext context, DateOnly day, string meter, string item,
        CancellationToken cancellationToken)
    {
        var published = await context.Engine.Days.ListPublishedAsync(new(day, day), cancellationToken);
        return published.Count == 0
            ? $"{Text.Day(day)} is not closed, so it has no lines. Close it: settlement close --through {Text.Day(day)}"
            : $"Item '{Text.Id(item)}' has no line of '{Text.Id(meter)}' on {Text.Day(day)}: it has no usage, or the meter is "
                + "unpriced. Ids are compared exactly, including case.";
    }

    private static void Print(LineExplanation explanation)
    {
        var line = explanation.Line;
        var price = line.Price!;
        var scope = price.RateScope.Length == 0 ? "" : $" {Text.Id(price.RateScope)}";
        Console.WriteLine($"{Text.Day(line.PostingDate)}, {Text.Id(line.Meter)} of {Text.Id(line.ItemId)}, payee {Text.Id(line.PayeeId)}");
        if (line.UsageDate != line.PostingDate || line.Kind != LineKind.Usage)
        {
            var corrects = line.Restates is { } restated ? $", corrects the line {restated}" : "";
            Console.WriteLine($"A {line.Kind.Name()} of {Text.Day(line.UsageDate)}{corrects}");
        }

        Console.WriteLine($"Rate table {Text.Id(line.Meter)}{scope}, version {price.RateVersion}: {explanation.Version.Table}");
        if (explanation.Proposal is { } proposal)
        {
            Console.WriteLine(
                $"Rate version {proposal.ProposalId} of the store, proposed by {Text.Id(proposal.ProposedBy)} "
                + $"({Text.Id(proposal.Reason)}), approved by {Text.Id(proposal.ApprovedBy ?? "")} on "
                + $"{proposal.ApprovedAt?.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        }

        Console.WriteLine(
            $"{Text.Number(line.Quantity)} units: "
            + $"counter {Text.Number(price.CounterBefore)} before, {Text.Number(price.CounterAfter)} after");

        var table = new TextTable(">Tier", ">From unit", ">To unit", ">Units", ">Price", ">Amount");
        foreach (var share in explanation.Shares)
        {
            table.Add(
                Text.Number(share.Tier), Text.Number(share.FirstUnit), Text.Number(share.LastUnit), Text.Number(share.Units),
                Text.Amount(share.Price), Text.Amount(share.Amount));
        }

        if (explanation.EarlierUnits != 0)
            table.Add("", "", "", "", "earlier units, repriced", Text.Amount(explanation.EarlierUnits));
        table.Add("", "", "", "", "exact", Text.Amount(price.ExactAmount));
        table.Add("", "", "", "", "paid", Text.Amount(line.Amount));
        table.Print();
        Console.WriteLine($"{price.Currency.Code}, rounded once, on the line ({explanation.Rounding.ToString().ToLowerInvariant()}).");
    }

    private static object Document(LineExplanation explanation)
    {
        var line = explanation.Line;
        return new
        {
            Kind = line.Kind.Name(), line.UsageDate, line.PayeeId, line.Quantity, line.Events,
            line.Price!.CounterBefore, line.Price.CounterAfter, line.Price.RateScope, line.Price.RateVersion,
            RateFirstDay = explanation.Version.FirstDay, RateOrigin = explanation.Origin, RateProposal = explanation.Proposal?.ProposalId,
            explanation.Proposal?.ProposedBy, explanation.Proposal?.ApprovedBy, explanation.Proposal?.ApprovedAt, explanation.Rounding,
            line.Price.ExactAmount, line.Amount,
            Currency = line.Price.Currency.Code, explanation.Shares, explanation.EarlierUnits, Restates = line.Restates?.ToString(),
        };
    }
}
