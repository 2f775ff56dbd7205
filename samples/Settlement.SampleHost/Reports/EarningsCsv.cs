using System.Globalization;
using System.Text;
using Settlement.SampleHost.Output;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>Exports the lines of a period as CSV: RFC 4180, with CR LF, in UTF-8. Thread-safe.</summary>
internal sealed class EarningsCsv(TitledLines lines)
{
    public const string ContentType = "text/csv; charset=utf-8";

    private const string Header =
        "posting_date,kind,usage_date,meter,video_id,title,item_id,payee_id,quantity,counter_before,counter_after,rate_scope,rate_version,"
        + "exact_amount,amount,currency,restates\r\n";

    /// <summary>Writes the lines.</summary>
    /// <param name="output">The stream.</param>
    /// <param name="payeeId">The payee; null for all.</param>
    /// <param name="period">The period.</param>
    /// <param name="hasMark">Whether to begin with a byte order mark, which spreadsheets need to detect UTF-8.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task WriteAsync(
        Stream output, string? payeeId, ReportPeriod period, bool hasMark, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: hasMark), leaveOpen: true);
        await writer.WriteAsync(Header.AsMemory(), cancellationToken);
        await foreach (var (line, price, videoId, title) in lines.ReadAsync(payeeId, period, cancellationToken))
        {
            var row = CsvText.Row(
                Text.Day(line.PostingDate), line.Kind.Name(), Text.Day(line.UsageDate), EscapeFormula(line.Meter), EscapeFormula(videoId),
                EscapeFormula(title), EscapeFormula(line.ItemId), EscapeFormula(line.PayeeId), Plain(line.Quantity),
                Plain(price.CounterBefore), Plain(price.CounterAfter), EscapeFormula(price.RateScope), EscapeFormula(price.RateVersion),
                Text.PlainAmount(price.ExactAmount), Text.PlainAmount(price.Amount), price.Currency.Code, line.Restates?.ToString() ?? "");
            await writer.WriteAsync(CsvText.WithCrLf(row).AsMemory(), cancellationToken);
        }

        await writer.FlushAsync(cancellationToken);
    }

    /// <summary>
    /// Prefixes text that a spreadsheet would execute as a formula with an apostrophe. For unmodified ids, programs read the same lines as
    /// JSON.
    /// </summary>
    private static string EscapeFormula(string text) =>
        text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠', ..] ? $"'{text}" : text;

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);
}
