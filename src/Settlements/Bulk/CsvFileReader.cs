using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Settlements;

/// <summary>
/// Reads a CSV file in UTF-8 (RFC 4180) row by row. A row that is malformed, too long or invalid UTF-8 is rejected with its number, line,
/// column and reason, and reading continues with the next row. Rows end with LF or CRLF; the last line end is optional. A byte order mark
/// at the start is skipped. Allocates nothing for an accepted row. Not thread-safe.
/// </summary>
/// <param name="utf8">The stream, read from its position to its end. The caller disposes it.</param>
/// <param name="rowBytesMax">The maximum length of a row, in bytes without its line end.</param>
/// <param name="bufferBytes">The initial size of the read buffer, which grows to the longest row.</param>
/// <param name="headerRule">A sentence with the valid headers, which is appended to the error of an invalid header.</param>
internal sealed class CsvFileReader(Stream utf8, int rowBytesMax, int bufferBytes, string headerRule)
{
    public const string NotUtf8 = "The text contains bytes that are not valid UTF-8. Save the file as UTF-8.";

    private readonly CsvRowReader _rows = new(utf8, rowBytesMax, bufferBytes);
    private readonly CsvRowSplitter _splitter = new();
    private byte[] _header = [];

    /// <summary>Gets the names in the header; empty before it is read.</summary>
    public IReadOnlyList<string> Columns => _splitter.Columns;

    /// <summary>Gets the original bytes of the header.</summary>
    public ReadOnlySpan<byte> Header => _header;

    /// <summary>Gets the number of the last row read, where the header is row 1 and a quoted line break does not start a row.</summary>
    public long RowNumber => _rows.RowNumber;

    /// <summary>Gets the line on which that row starts, from 1.</summary>
    public long LineNumber => _rows.LineNumber;

    /// <summary>Gets the bytes of the stream up to the end of that row.</summary>
    public long BytesTaken => _rows.BytesTaken;

    /// <summary>Reads the first row as the header.</summary>
    /// <exception cref="RowRejectedException">
    /// The header is missing, malformed, too long or invalid UTF-8. It can't be counted as a rejected row, since the columns are unknown
    /// without it.
    /// </exception>
    public async ValueTask ReadHeaderAsync(CancellationToken cancellationToken)
    {
        while (!TryReadHeader())
            await _rows.RefillAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the next row from the buffer.</summary>
    /// <param name="fields">As many fields as columns; undefined for a rejected row.</param>
    /// <param name="rejected">The rejected row, or <see langword="null"/> for an accepted one.</param>
    public CsvRead TryRead(out CsvFields fields, out RejectedRow? rejected)
    {
        fields = default;
        rejected = null;
        var read = _rows.TryRead(out var row);
        if (read == CsvRead.Row && Split(row, out fields) is { } error)
            rejected = Reject(error.Column, error.Reason);
        return read;
    }

    /// <summary>Reads more bytes from the stream.</summary>
    public ValueTask RefillAsync(CancellationToken cancellationToken) => _rows.RefillAsync(cancellationToken);

    /// <summary>Creates the rejection of the last row read.</summary>
    public RejectedRow Reject(string? column, string reason) =>
        new(RowNumber, column, reason, RawRow.Text(_rows.Row)) { LineNumber = LineNumber };

    /// <summary>Creates the exception of an invalid header.</summary>
    /// <param name="reason">The cause, as a sentence.</param>
    public RowRejectedException WrongHeader(string reason)
    {
        var row = new RejectedRow(1, null, $"{reason} {headerRule}", RawRow.Text(_header));
        return new RowRejectedException(row, [row], rejected: 1, rejectsMax: 0);
    }

    private bool TryReadHeader()
    {
        switch (_rows.TryRead(out var row))
        {
            case CsvRead.MoreBytes:
                return false;
            case CsvRead.End:
                throw WrongHeader("The file is empty: the header is missing.");
        }

        var header = row.Bytes.StartsWith("\uFEFF"u8) ? row.Bytes[3..] : row.Bytes;
        _header = header[..Math.Min(header.Length, RawRow.BytesMax)].ToArray();
        if (row.IsOverlong)
            throw WrongHeader(Overlong(row).Reason);
        if (header.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || header.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw WrongHeader("The file is UTF-16. Save it as UTF-8.");
        if (header.Contains((byte)0))
        {
            throw WrongHeader(
                "The file is not UTF-8: its header contains NUL characters, like UTF-16 without a byte order mark. Save it as UTF-8.");
        }

        if (_splitter.Split(header, out var names) is { } error)
            throw WrongHeader(error.Reason);
        if (!Utf8.IsValid(header))
            throw WrongHeader(NotUtf8);

        var columns = new string[names.Count];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = Encoding.UTF8.GetString(names[i]);
        _splitter.UseColumns(columns);
        return true;
    }

    private CsvError? Split(CsvRow row, out CsvFields fields)
    {
        fields = default;
        if (row.IsOverlong)
            return Overlong(row);
        if (!(row.IsPlain && _splitter.TrySplitPlain(row.Bytes, out fields)) && _splitter.Split(row.Bytes, out fields) is { } error)
            return error;
        return Utf8.IsValid(row.Bytes) ? null : new CsvError(FirstNotUtf8(fields), NotUtf8);
    }

    private string? FirstNotUtf8(CsvFields fields)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (!Utf8.IsValid(fields[i]))
                return Columns[i];
        }

        return null;
    }

    private CsvError Overlong(CsvRow row)
    {
        var remedy = row.IsUnclosed ? CsvRowSplitter.NotClosed : "Shorten it, or correct a quote that is closed too late.";
        return new CsvError(
            null, string.Create(CultureInfo.InvariantCulture, $"The row is longer than {rowBytesMax} bytes (RowBytesMax). {remedy}"));
    }
}
