using System.CommandLine;
using System.Globalization;

namespace Settlements.Cli;

/// <summary><c>lines</c>: exports published lines as CSV.</summary>
internal static class LinesCommand
{
    private const int ProgressLines = 10_000;

    private const string Header =
        "posting_date,kind,usage_date,meter,item_id,payee_id,quantity,counter_before,counter_after,rate_scope,rate_version,"
        + "exact_amount,amount,currency,restates\n";

    public static Command Create(CommonOptions common)
    {
        var from = CommandOptions.Date("--from", "The first day.");
        var to = CommandOptions.Date("--to", "The last day, included.");
        var output = CommandOptions.Text("--output", "The CSV file, replaced when the export is complete; '-' is standard output.", "FILE");
        var command = new Command(
            "lines",
            "Export the lines of closed days as CSV, ordered by posting date, meter, item, payee, usage date, kind and restated line.")
        {
            from, to, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var days = CommandOptions.Range(parsed, from, to);
            var path = parsed.GetValue(output)!;
            var isJson = common.IsJson(parsed);
            if (isJson && path == OutputFile.Standard)
                throw new UsageException("--json and --output - would both write to standard output. Name a file with --output FILE.");
            await using var context = common.OpenExisting(parsed);
            var published = await context.Engine.Days.ListPublishedAsync(days, cancellationToken);
            var count = await OutputFile.WriteAsync(
                path, "lines.csv", writer => WriteAsync(context, days, writer, cancellationToken));
            if (isJson)
                Json.Print(new { From = days.First, To = days.Last, PublishedDays = published.Count, Lines = count, Output = path });
            else if (path != OutputFile.Standard)
                Console.WriteLine($"{Text.Count(count, "line", "lines")} of {Text.Count(published.Count, "day", "days")} in {path}.");
            if (published.Count < days.Days)
                await Console.Error.WriteLineAsync($"Note: {published.Count} of {days.Days} days are closed; the others have no lines.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Task<long> WriteAsync(CommandContext context, DateRange days, TextWriter writer, CancellationToken cancellationToken) =>
        ProgressView.RunAsync("Exporting", async view =>
        {
            await writer.WriteAsync(Header.AsMemory(), cancellationToken);
            var count = 0L;
            await foreach (var line in context.Engine.Lines.ReadAsync(days, filter: null, cancellationToken))
            {
                await writer.WriteAsync(Row(line).AsMemory(), cancellationToken);
                if (++count % ProgressLines == 0)
                    view.Report(new WorkState((line.PostingDate.DayNumber - days.First.DayNumber) / (double)days.Days,
                        $"{Text.Number(count)} lines"));
            }

            await writer.FlushAsync(cancellationToken);
            return count;
        });

    /// <summary>Formats a line. Lines of a meter without rates have no counters and no price.</summary>
    private static string Row(SettlementLine line) => CsvText.Row(
        Text.Day(line.PostingDate), line.Kind.Name(), Text.Day(line.UsageDate), line.Meter, line.ItemId, line.PayeeId, Plain(line.Quantity),
        Plain(line.Price?.CounterBefore), Plain(line.Price?.CounterAfter), line.Price?.RateScope ?? "", line.Price?.RateVersion ?? "",
        line.Price is { } price ? Text.PlainAmount(price.ExactAmount) : "", line.Price is null ? "" : Text.PlainAmount(line.Amount),
        line.Price?.Currency.Code ?? "", line.Restates?.ToString() ?? "");

    private static string Plain(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
