using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Settlements;

/// <summary>
/// Reads a CSV file in UTF-8 by RFC 4180, row by row: a row that is malformed, too long or not UTF-8 is rejected with its number, line,
/// column and reason, and the next row is read all the same. Rows end with LF or CRLF, the last one may end with the file; a byte order
/// mark at the start is skipped. Allocates nothing for a row that is accepted. Not thread-safe.
/// </summary>
/// <param name="utf8">Read from its position to its end; stays the caller's.</param>
/// <param name="rowBytesMax">The longest row, in bytes without its line end.</param>
/// <param name="bufferBytes">What is read from the stream at once; the buffer grows to the longest row that was read.</param>
/// <param name="headerRule">The sentence that says what the header has to be; added to the error of a wrong one.</param>
internal sealed class CsvFileReader(Stream utf8, int rowBytesMax, int bufferBytes, string headerRule)
{
    public const string NotUtf8 = "The text holds bytes that are not UTF-8. Save the file as UTF-8.";

    private readonly CsvRowReader _rows = new(utf8, rowBytesMax, bufferBytes);
    private readonly CsvRowSplitter _splitter = new();
    private byte[] _header = [];

    /// <summary>The names in the header; empty before it is read.</summary>
    public IReadOnlyList<string> Columns => _splitter.Columns;

    /// <summary>The header's bytes as they are in the file.</summary>
    public ReadOnlySpan<byte> Header => _header;

    /// <summary>The row read last, from 1, where the header is row 1 and a quoted line break starts no row.</summary>
    public long RowNumber => _rows.RowNumber;

    /// <summary>The line on which that row begins, from 1.</summary>
    public long LineNumber => _rows.LineNumber;

    /// <summary>The stream's bytes up to the end of that row.</summary>
    public long BytesTaken => _rows.BytesTaken;

    /// <summary>Reads the first row as the header.</summary>
    /// <exception cref="RowRejectedException">There is none, or it is malformed, too long or not UTF-8: without a header the columns have
    /// no meaning, whatever number of rejected rows is allowed.</exception>
    public async ValueTask ReadHeaderAsync(CancellationToken cancellationToken)
    {
        while (!TryReadHeader())
            await _rows.RefillAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the next row out of the buffer.</summary>
    /// <param name="fields">As many fields as columns; of a rejected row, nothing to be used.</param>
    /// <param name="rejected">Why the row is rejected, or <see langword="null"/>.</param>
    public CsvRead TryRead(out CsvFields fields, out RejectedRow? rejected)
    {
        fields = default;
        rejected = null;
        var read = _rows.TryRead(out var row);
        if (read == CsvRead.Row && Split(row, out fields) is { } error)
            rejected = Reject(error.Column, error.Reason);
        return read;
    }

    /// <summary>Reads on in the stream.</summary>
    public ValueTask RefillAsync(CancellationToken cancellationToken) => _rows.RefillAsync(cancellationToken);

    /// <summary>Rejects the row read last.</summary>
    public RejectedRow Reject(string? column, string reason) =>
        new(RowNumber, column, reason, RawRow.Text(_rows.Row)) { LineNumber = LineNumber };

    /// <summary>The error of a file whose header is wrong.</summary>
    /// <param name="reason">What is wrong with it.</param>
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
                throw WrongHeader("The file is empty, and its header is missing.");
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
                "The file is not UTF-8: its header holds NUL characters, as UTF-16 without a byte order mark does. Save it as UTF-8.");
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
        var remedy = row.IsUnclosed ? CsvRowSplitter.NotClosed : "Shorten it, or look for a quote that is closed too late.";
        return new CsvError(
            null, string.Create(CultureInfo.InvariantCulture, $"The row is longer than {rowBytesMax} bytes (RowBytesMax). {remedy}"));
    }
}
