using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Settlements.Cli;

/// <summary><c>lines</c>: exports published lines as CSV.</summary>
internal static class LinesCommand
{
    private const string StandardOutput = "-";
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
            if (isJson && path == StandardOutput)
                throw new UsageException("--json and --output - would both write to standard output. Name a file with --output FILE.");
            await using var context = common.OpenExisting(parsed);
            var published = await context.Engine.Days.ListPublishedAsync(days, cancellationToken);
            var count = path == StandardOutput
                ? await WriteAsync(context, days, Console.Out, cancellationToken)
                : await WriteFileAsync(context, days, path, cancellationToken);
            if (isJson)
                Json.Print(new { From = days.First, To = days.Last, PublishedDays = published.Count, Lines = count, Output = path });
            else if (path != StandardOutput)
                Console.WriteLine($"{Text.Count(count, "line", "lines")} of {Text.Count(published.Count, "day", "days")} in {path}.");
            if (published.Count < days.Days)
                await Console.Error.WriteLineAsync($"Note: {published.Count} of {days.Days} days are closed; the others have no lines.");
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>
    /// Writes a temporary file and renames it, so that a failed export leaves no partial file and doesn't replace an earlier one.
    /// </summary>
    private static async Task<long> WriteFileAsync(CommandContext context, DateRange days, string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw new UsageException($"'{path}' is a folder. Name a file in it, for example {Path.Combine(path, "lines.csv")}");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"There is no folder '{folder}'. Create it, or name another file.");
        var unfinished = $"{path}.{Environment.ProcessId}.unfinished";
        try
        {
            long count;
            await using (var writer = new StreamWriter(unfinished, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
                count = await WriteAsync(context, days, writer, cancellationToken);
            File.Move(unfinished, path, overwrite: true);
            return count;
        }
        finally
        {
            File.Delete(unfinished);
        }
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
