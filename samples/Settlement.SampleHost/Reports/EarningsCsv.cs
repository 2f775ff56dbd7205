using System.Globalization;
using System.Text;
using Settlement.Sums;
using Settlement.Lines;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Output;

namespace Settlement.SampleHost.Reports;

/// <summary>The lines of a period as a file: RFC 4180, UTF-8 with a byte order mark, which spreadsheets need to read other alphabets. Thread-safe.</summary>
internal sealed class EarningsCsv(SettlementEngine engine, VideoTable videos)
{
    public const string ContentType = "text/csv; charset=utf-8";

    private const string Header =
        "posting_date,kind,usage_date,meter,video_id,title,item_id,payee_id,quantity,counter_before,counter_after,rate_scope,rate_version,exact_amount,"
        + "amount,currency,restates\n";

    /// <summary>How many lines are held at a time, to find their titles together.</summary>
    private const int ChunkLines = 1_000;

    public async Task WriteAsync(Stream output, string? payeeId, AskedPeriod period, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await writer.WriteAsync(Header.AsMemory(), cancellationToken);
        var chunk = new List<SettlementLine>(ChunkLines);
        await foreach (var line in engine.Lines.ReadAsync(period.Days, new ItemFilter(PayeeId: payeeId), cancellationToken))
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
                Text.Day(line.PostingDate), line.Kind.Name(), Text.Day(line.UsageDate), line.Meter, videoId, Harmless(titles.Title(videoId)), line.ItemId,
                line.PayeeId, Plain(line.Quantity), Plain(price.CounterBefore), Plain(price.CounterAfter), price.RateScope, price.RateVersion,
                Text.PlainAmount(price.ExactAmount), Text.PlainAmount(price.Amount), price.Currency.Code, line.Restates?.ToString() ?? "");
            await writer.WriteAsync(row.AsMemory(), cancellationToken);
        }

        lines.Clear();
    }

    /// <summary>A title is anybody's text, and a spreadsheet runs one that begins like a formula. Ids stay as they are: programs read them.</summary>
    private static string Harmless(string title) => title is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{title}" : title;

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);
}
