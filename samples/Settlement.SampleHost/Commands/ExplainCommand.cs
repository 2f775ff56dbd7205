using System.CommandLine;
using Settlement.Lines;
using Settlement.SampleHost.Output;

namespace Settlement.SampleHost.Commands;

/// <summary><c>explain</c>: why an item's amount of a day is what it is.</summary>
internal static class ExplainCommand
{
    public static Command Create(CommonOptions common)
    {
        var date = CommandOptions.Date("--date", "The business day.");
        var meter = CommandOptions.Text("--meter", "The meter, for example video.view.", "METER");
        var item = CommandOptions.Text("--item", "The item.", "ID");
        var command = new Command("explain", "Show an item's lines of a day tier by tier, with the rate version that priced them.") { date, meter, item };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (day, of, id) = (parsed.GetValue(date), parsed.GetValue(meter)!, parsed.GetValue(item)!);
            await using var session = common.OpenExisting(parsed);
            var lines = await session.Engine.Lines.ExplainAsync(day, of, id, cancellationToken);
            if (lines.Count == 0)
                throw new UsageException(await WhyNoneAsync(session, day, of, id, cancellationToken));
            if (common.IsJson(parsed))
                Json.Print(new { Day = day, Meter = of, ItemId = id, Lines = lines.Select(Document) });
            else
                lines.ToList().ForEach(Print);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<string> WhyNoneAsync(Session session, DateOnly day, string meter, string item, CancellationToken cancellationToken)
    {
        var published = await session.Engine.Days.ListPublishedAsync(new(day, day), cancellationToken);
        return published.Count == 0
            ? $"{Text.Day(day)} is not closed, so it has no lines. Close it with close --through {Text.Day(day)}."
            : $"Item '{Text.Id(item)}' has no line of '{Text.Id(meter)}' on {Text.Day(day)}: it has no units then, or the meter is unpriced. Ids are compared "
                + "exactly, upper and lower case included.";
    }

    private static void Print(LineExplanation explanation)
    {
        var line = explanation.Line;
        var scope = line.RateScope.Length == 0 ? "" : $" {Text.Id(line.RateScope)}";
        Console.WriteLine($"{Text.Day(line.Day)}, {Text.Id(line.Meter)} of {Text.Id(line.ItemId)}, payee {Text.Id(line.PayeeId)}");
        Console.WriteLine($"Rate table {Text.Id(line.Meter)}{scope}, version {line.RateVersion}: {explanation.Version.Table}");
        Console.WriteLine(
            $"{Text.Number(line.Quantity)} units: number {Text.Number(line.CumulativeBefore)} before, {Text.Number(line.CumulativeAfter)} after");
        foreach (var late in explanation.Late)
            Console.WriteLine($"Of them late: {Text.Number(late.Quantity)} of {Text.Day(late.OwnDay)}, which was closed when they came");

        var table = new TextTable(">Tier", ">From unit", ">To unit", ">Units", ">Price", ">Amount");
        foreach (var share in explanation.Shares)
        {
            table.Add(
                Text.Number(share.Tier), Text.Number(share.FirstUnit), Text.Number(share.LastUnit), Text.Number(share.Units),
                Text.Amount(share.Price), Text.Amount(share.Amount));
        }

        table.Add("", "", "", "", "exact", Text.Amount(line.ExactAmount));
        table.Add("", "", "", "", "paid", Text.Amount(line.Amount));
        table.Print();
        Console.WriteLine($"{line.Currency.Code}, rounded once, on the line ({explanation.Rounding.ToString().ToLowerInvariant()}).");
    }

    private static object Document(LineExplanation explanation)
    {
        var line = explanation.Line;
        return new
        {
            line.PayeeId, line.Quantity, line.CumulativeBefore, line.CumulativeAfter, line.RateScope, line.RateVersion,
            RateFirstDay = explanation.Version.FirstDay, explanation.Rounding, line.ExactAmount, line.Amount, Currency = line.Currency.Code,
            explanation.Shares, explanation.Late,
        };
    }
}
