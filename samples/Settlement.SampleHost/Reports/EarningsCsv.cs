using System.Globalization;
using System.Text;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Output;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>
/// Exports the lines of a period as CSV: RFC 4180, UTF-8 with a byte order mark, which spreadsheets need to detect UTF-8. Thread-safe.
/// </summary>
internal sealed class EarningsCsv(SettlementEngine engine, VideoTable videos)
{
    public const string ContentType = "text/csv; charset=utf-8";

    private const string Header =
        "posting_date,kind,usage_date,meter,video_id,title,item_id,payee_id,quantity,counter_before,counter_after,rate_scope,rate_version,"
        + "exact_amount,amount,currency,restates\r\n";

    /// <summary>The number of lines buffered to read their titles in one query.</summary>
    private const int ChunkLines = 1_000;

    public async Task WriteAsync(Stream output, string? payeeId, ReportPeriod period, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await writer.WriteAsync(Header.AsMemory(), cancellationToken);
        var chunk = new List<SettlementLine>(ChunkLines);
        await foreach (var line in engine.Lines.ReadAsync(period.Days, new ItemFilter(payeeId: payeeId), cancellationToken))
        {
            if (line.Price is not null)
                chunk.Add(line);
            if (chunk.Count == ChunkLines)
                await WriteChunkAsync(writer, chunk, cancellationToken);
        }

        await WriteChunkAsync(writer, chunk, cancellationToken);
        await writer.FlushAsync(cancellationToken);
    }

    private async Task WriteChunkAsync(StreamWriter writer, List<SettlementLine> lines, CancellationToken cancellationToken)
    {
        var titles = await VideoTitles.FindAsync(videos, lines.Select(l => PlacementRule.VideoOf(l.ItemId)), cancellationToken);
        foreach (var line in lines)
        {
            var videoId = PlacementRule.VideoOf(line.ItemId);
            var price = line.Price!;
            var row = CsvText.Row(
                Text.Day(line.PostingDate), line.Kind.Name(), Text.Day(line.UsageDate), EscapeFormula(line.Meter), EscapeFormula(videoId),
                EscapeFormula(titles.Title(videoId)), EscapeFormula(line.ItemId), EscapeFormula(line.PayeeId), Plain(line.Quantity),
                Plain(price.CounterBefore),
                Plain(price.CounterAfter), EscapeFormula(price.RateScope), EscapeFormula(price.RateVersion),
                Text.PlainAmount(price.ExactAmount),
                Text.PlainAmount(price.Amount), price.Currency.Code, line.Restates?.ToString() ?? "");
            await writer.WriteAsync(CsvText.WithCrLf(row).AsMemory(), cancellationToken);
        }

        lines.Clear();
    }

    /// <summary>
    /// Prefixes text that a spreadsheet would execute as a formula with an apostrophe. For unmodified ids, programs read the same lines as
    /// JSON.
    /// </summary>
    private static string EscapeFormula(string text) =>
        text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠', ..] ? $"'{text}" : text;

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);
}
