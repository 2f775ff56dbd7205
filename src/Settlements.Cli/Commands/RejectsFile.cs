using System.Globalization;
using System.Text;

namespace Settlements.Cli;

/// <summary>
/// Writes invalid rows to a CSV file, with their position, the reason and the unchanged text. Each row is flushed, so that a killed import
/// leaves all rows found so far.
/// </summary>
internal sealed class RejectsFile : IDisposable
{
    private readonly StreamWriter _writer;

    public RejectsFile(string path)
    {
        _writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
        _writer.Write(CsvText.Row("file", "row", "line", "column", "reason", "raw"));
    }

    public async ValueTask AddAsync(string file, RejectedRow row) => await _writer.WriteAsync(
        CsvText.Row(
            file, row.RowNumber.ToString(CultureInfo.InvariantCulture), row.LineNumber?.ToString(CultureInfo.InvariantCulture) ?? "",
            row.Column ?? "",
            row.Reason, row.Raw));

    public async ValueTask AddAsync(string file, IEnumerable<RejectedRow> rows)
    {
        foreach (var row in rows)
            await AddAsync(file, row);
    }

    public void Dispose() => _writer.Dispose();
}
