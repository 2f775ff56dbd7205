using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>top</c>: ranks the items with the most units in a period.</summary>
internal static class TopCommand
{
    public static Command Create(CommonOptions common)
    {
        var period = CommandOptions.Period();
        var date = CommandOptions.Date("--date", "A day of the period.");
        var by = CommandOptions.Text("--by", "The meter to rank by, for example video.view, ad.view or video.seconds.", "METER");
        var count = CommandOptions.Count("--count", "The number of items.", 5, 1, RankingReader.CountMax);
        var payee = CommandOptions.Text("--payee", "Only this payee's items.", "ID", required: false);
        var command = new Command("top", "Rank the items of the closed days of a day, a week or a month.")
        {
            period, date, by, count, payee,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (kind, day, meter) = (parsed.GetValue(period), parsed.GetValue(date), parsed.GetValue(by)!);
            var of = parsed.GetValue(payee);
            await using var context = common.OpenExisting(parsed);
            if (!context.File.Meters.Contains(meter))
            {
                var meters = string.Join(", ", context.File.Meters.Select(Text.Id));
                throw new UsageException($"There is no meter '{Text.Id(meter)}'. Use one of {meters}. Meters are case-sensitive.");
            }

            var published = await PublishedPeriod.FindAsync(context, kind, day, cancellationToken);
            var top = await ProgressView.RunAsync("Ranking", _ => context.Engine.Rankings.TopAsync(
                kind, day, meter, parsed.GetValue(count), of, cancellationToken));
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    Period = kind, published.Days.First, published.Days.Last, published.PublishedDays, Meter = meter, Payee = of,
                    Items = top.Items,
                });
            }
            else
            {
                Print(published, meter, of, top.Items);
            }

            return ExitCode.Success;
        });
        return command;
    }

    public static void Print(PublishedPeriod published, string meter, string? payee, IReadOnlyList<RankedItem> top)
    {
        Console.WriteLine($"Top {top.Count} by {Text.Id(meter)}{(payee is null ? "" : $" of {Text.Id(payee)}")}, {published}");
        if (top.Count == 0)
        {
            Console.WriteLine(published.PublishedDays == 0
                ? "None of its days is closed yet. Close them: settlement close --through DATE"
                : "No item has units of this meter in the period. Meters and ids are compared exactly, including case.");
            return;
        }

        var table = new TextTable(">#", "Item", "Payee", ">Quantity");
        foreach (var item in top)
            table.Add(Text.Number(item.Rank), Text.Id(item.ItemId), Text.Id(item.PayeeId), Text.Number(item.Quantity));
        table.Print();
    }
}
