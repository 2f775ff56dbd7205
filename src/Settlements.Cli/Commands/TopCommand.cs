using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>top</c>: the items with the most units in a period.</summary>
internal static class TopCommand
{
    public static Command Create(CommonOptions common)
    {
        var period = CommandOptions.Period();
        var date = CommandOptions.Date("--date", "A day of the period.");
        var by = CommandOptions.Text("--by", "What is ranked by, for example video.view, ad.view or video.seconds.", "METER");
        var count = CommandOptions.Count("--count", "How many places.", 5, 1, RankingReader.CountMax);
        var payee = CommandOptions.Text("--payee", "Only this payee's items.", "ID", required: false);
        var command = new Command("top", "Rank the items of a day, a week or a month, as far as it is closed.")
        {
            period, date, by, count, payee,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (kind, day, meter) = (parsed.GetValue(period), parsed.GetValue(date), parsed.GetValue(by)!);
            var of = parsed.GetValue(payee);
            await using var session = common.OpenExisting(parsed);
            if (!session.File.Meters.Contains(meter))
            {
                var meters = string.Join(", ", session.File.Meters.Select(Text.Id));
                throw new UsageException($"There is no meter '{Text.Id(meter)}'. Use one of {meters}; upper and lower case count.");
            }

            var published = await PublishedPeriod.FindAsync(session, kind, day, cancellationToken);
            var top = await ProgressView.RunAsync("Ranking", _ => session.Engine.Rankings.TopAsync(
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

            return ExitCode.Done;
        });
        return command;
    }

    public static void Print(PublishedPeriod published, string meter, string? payee, IReadOnlyList<RankedItem> top)
    {
        Console.WriteLine($"Top {top.Count} by {Text.Id(meter)}{(payee is null ? "" : $" of {Text.Id(payee)}")}, {published}");
        if (top.Count == 0)
        {
            Console.WriteLine(published.PublishedDays == 0
                ? "Nothing is ranked yet: close its days first, with close --through DATE."
                : "No item has such units in it. Meters and ids are compared exactly, upper and lower case included.");
            return;
        }

        var table = new TextTable(">#", "Item", "Payee", ">Quantity");
        foreach (var item in top)
            table.Add(Text.Number(item.Rank), Text.Id(item.ItemId), Text.Id(item.PayeeId), Text.Number(item.Quantity));
        table.Print();
    }
}
