using MiniExcelLibs;
using MiniExcelLibs.Attributes;
using MiniExcelLibs.OpenXml;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>
/// Exports the lines of a period as a workbook: days are dates, quantities and amounts are numbers, and texts are never formulas.
/// Thread-safe.
/// </summary>
internal sealed class EarningsXlsx(TitledLines lines)
{
    public const string ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>A sheet has 1,048,576 rows.</summary>
    private const int LinesMax = 1_000_000;

    private static readonly OpenXmlConfiguration Configuration = new() { FreezeRowCount = 1, AutoFilter = true };

    /// <summary>
    /// Writes the workbook to a temporary file, which is deleted when the stream is closed: a sheet is written synchronously.
    /// </summary>
    /// <param name="payeeId">The payee; null for all.</param>
    /// <param name="period">The period.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The file, at its start.</returns>
    /// <exception cref="PlatformException">The period has more lines than a sheet has rows.</exception>
    public async Task<Stream> WriteAsync(string? payeeId, ReportPeriod period, CancellationToken cancellationToken)
    {
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), $"settlement-{Guid.NewGuid():N}.xlsx"), FileMode.CreateNew,
            FileAccess.ReadWrite, FileShare.None,
            bufferSize: 65_536, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await MiniExcel.SaveAsAsync(
                file, RowsAsync(payeeId, period, cancellationToken), sheetName: "lines", configuration: Configuration,
                cancellationToken: cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private async IAsyncEnumerable<Row> RowsAsync(
        string? payeeId, ReportPeriod period, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var line in lines.ReadAsync(payeeId, period, cancellationToken))
        {
            if (++count > LinesMax)
            {
                throw PlatformException.BadRequest(
                    $"The period has more than {LinesMax} lines, and a sheet has no more rows. Choose a shorter period, or the CSV file.");
            }

            yield return new Row(line);
        }
    }

    /// <summary>A row of the sheet, with the columns of the CSV file.</summary>
    public sealed class Row
    {
        internal Row(TitledLine titled)
        {
            var (line, price, videoId, title) = titled;
            (PostingDate, UsageDate) = (line.PostingDate.ToDateTime(TimeOnly.MinValue), line.UsageDate.ToDateTime(TimeOnly.MinValue));
            (Kind, Meter, VideoId, Title, ItemId, PayeeId) = (line.Kind.Name(), line.Meter, videoId, title, line.ItemId, line.PayeeId);
            (Quantity, CounterBefore, CounterAfter) = (line.Quantity, price.CounterBefore, price.CounterAfter);
            (RateScope, RateVersion, ExactAmount, Amount) = (price.RateScope, price.RateVersion, price.ExactAmount, price.Amount);
            (Currency, Restates) = (price.Currency.Code, line.Restates?.ToString() ?? "");
        }

        [ExcelColumn(Name = "posting_date", Format = "yyyy-mm-dd", Width = 12)]
        public DateTime PostingDate { get; }

        [ExcelColumn(Name = "kind", Width = 11)]
        public string Kind { get; }

        [ExcelColumn(Name = "usage_date", Format = "yyyy-mm-dd", Width = 12)]
        public DateTime UsageDate { get; }

        [ExcelColumn(Name = "meter", Width = 12)]
        public string Meter { get; }

        [ExcelColumn(Name = "video_id", Width = 16)]
        public string VideoId { get; }

        [ExcelColumn(Name = "title", Width = 48)]
        public string Title { get; }

        [ExcelColumn(Name = "item_id", Width = 20)]
        public string ItemId { get; }

        [ExcelColumn(Name = "payee_id", Width = 24)]
        public string PayeeId { get; }

        [ExcelColumn(Name = "quantity", Format = "#,##0", Width = 12)]
        public long Quantity { get; }

        [ExcelColumn(Name = "counter_before", Format = "#,##0", Width = 15)]
        public long CounterBefore { get; }

        [ExcelColumn(Name = "counter_after", Format = "#,##0", Width = 15)]
        public long CounterAfter { get; }

        [ExcelColumn(Name = "rate_scope", Width = 12)]
        public string RateScope { get; }

        [ExcelColumn(Name = "rate_version", Width = 13)]
        public string RateVersion { get; }

        [ExcelColumn(Name = "exact_amount", Format = "#,##0.######", Width = 16)]
        public decimal ExactAmount { get; }

        [ExcelColumn(Name = "amount", Format = "#,##0", Width = 14)]
        public decimal Amount { get; }

        [ExcelColumn(Name = "currency", Width = 9)]
        public string Currency { get; }

        [ExcelColumn(Name = "restates", Width = 12)]
        public string Restates { get; }
    }
}
