using System.Globalization;
using Settlement.MySql.Bulk;
using Sylvan.Data.Csv;

namespace Settlement.MySql.Loading;

/// <summary>The rows of a CSV file. An empty field is null where the column may be null.</summary>
internal sealed class CsvRows : IRowReader
{
    private readonly CsvDataReader _reader;
    private readonly bool _hasLines;
    private long _rowsRead;
    private long _nextLine;

    /// <param name="reader">Just begun.</param>
    /// <param name="hasLines">Whether it skips no line, so that lines can be counted.</param>
    public CsvRows(CsvDataReader reader, bool hasLines)
    {
        _reader = reader;
        _hasLines = hasLines;
        Columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        _nextLine = 2 + Columns.Sum(name => LineBreaks(name));
    }

    /// <summary>
    /// By RFC 4180 no row is a comment. The reader can't be told so; a low surrogate is what no row of valid UTF-8 begins with.
    /// </summary>
    public static CsvDataReaderOptions Options => new() { Delimiter = ',', Comment = '\udc00', OwnsReader = false, MaxBufferSize = 16 * 1024 * 1024 };

    public IReadOnlyList<string> Columns { get; }

    /// <summary>The row after the one that was read last: where a file that is no CSV stops being one.</summary>
    public RowPlace Next => new(_rowsRead + 2, _hasLines ? _nextLine : null);

    public async Task<bool> FillAsync(EncodedChunk chunk, TargetTable table, int count, CancellationToken cancellationToken)
    {
        while (chunk.RowCount < count)
        {
            if (!await _reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                return false;

            // The header is row 1.
            _rowsRead++;
            var place = new RowPlace(chunk.NextNumber + 1, _hasLines ? _nextLine : null);
            _nextLine += Math.Max(1, LineBreaks(_reader.GetRawRecordSpan()));
            if (_reader.RowFieldCount != _reader.FieldCount)
            {
                chunk.Reject(place.Rejected(null, string.Create(
                    CultureInfo.InvariantCulture, $"The row has {_reader.RowFieldCount} columns instead of {_reader.FieldCount}. Put a text that holds a comma in quotes."), RawText.Of(_reader)));
                continue;
            }

            FieldRow.Add(chunk, table, place, _reader, static (row, reader, column, i, _) => Write(row, reader, column, i), 0);
        }

        return true;
    }

    /// <summary>The reader stays its owner's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? Write(RowBuffer row, CsvDataReader reader, TableColumn column, int ordinal)
    {
        var value = reader.IsDBNull(ordinal) ? null : reader.GetValue(ordinal);
        return FieldEncoder.Write(row, value is "" && column.IsNullable ? null : value, column);
    }

    /// <summary>LF, CRLF and lone CR.</summary>
    private static int LineBreaks(ReadOnlySpan<char> text)
    {
        var breaks = text.Count('\n');
        var returns = text.Count('\r');
        return returns == 0 ? breaks : breaks + returns - text.Count("\r\n");
    }
}
