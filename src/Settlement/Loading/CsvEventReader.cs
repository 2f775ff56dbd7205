using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Settlement.BillableEvents;

namespace Settlement.Loading;

/// <summary>
/// Reads events from UTF-8 text in the form of RFC 4180 with the header <see cref="EventColumns.Header"/> or
/// <see cref="EventColumns.HeaderWithNotes"/>, strictly and without allocation per row. Rows end with LF or CRLF, the last one may end with the file; a byte order mark at the start is skipped; a wholly empty line is
/// a row of one column and refused. Not thread-safe; the stream stays the caller's.
/// </summary>
/// <param name="utf8">Read from where it stands to its end.</param>
/// <param name="rejectsMax">Reading ends with the row that is malformed after so many others.</param>
/// <param name="rowBytesMax">See <see cref="RowBytesMax"/>.</param>
/// <param name="bufferBytes">See <see cref="BufferBytes"/>.</param>
/// <param name="policy">Which well-formed events are accepted; <see langword="null"/> for all.</param>
internal sealed class CsvEventReader(
    Stream utf8, int rejectsMax, int rowBytesMax = CsvEventReader.RowBytesMax, int bufferBytes = CsvEventReader.BufferBytes,
    EventPolicy? policy = null) : ILoadSource
{
    /// <summary>The longest row, without its line end: 64 KiB. The longest valid one, all quoted, takes some 5 KiB.</summary>
    public const int RowBytesMax = 65_536;

    /// <summary>What is read from the stream at once, and all that is kept of it: 1 MiB.</summary>
    public const int BufferBytes = 1_048_576;

    private readonly CsvRowReader _rows = new(utf8, rowBytesMax, bufferBytes);
    private readonly EventCheck? _check = policy is null ? null : new EventCheck(policy);
    private readonly CsvRowSplitter _splitter = new(rowBytesMax);
    private long _malformed;
    private bool _ended;

    private bool HasNotes => _splitter.Columns == EventColumns.CountWithNotes;

    /// <inheritdoc/>
    public async ValueTask<bool> FillAsync(LoadChunk chunk, CancellationToken cancellationToken)
    {
        while (!ReadBuffered(chunk))
            await _rows.RefillAsync(cancellationToken).ConfigureAwait(false);
        chunk.BytesRead = _rows.BytesTaken;
        return !_ended;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Whether the chunk is done; if not, more bytes are needed.
    private bool ReadBuffered(LoadChunk chunk)
    {
        while (!_ended && !chunk.IsFull)
        {
            switch (_rows.TryRead(out var row))
            {
                case CsvRead.MoreBytes:
                    return false;
                case CsvRead.End:
                    _ended = true;
                    if (_rows.RowNumber == 0)
                        throw WrongHeader("The file is empty, and its header is missing.", []);
                    break;
                case CsvRead.Row when _rows.RowNumber == 1:
                    CheckHeader(row);
                    break;
                default:
                    chunk.Place(_rows.RowNumber, _rows.LineNumber);
                    if (Take(row, chunk) is { } refusal)
                        Reject(chunk, refusal, row.Bytes);
                    break;
            }
        }

        return true;
    }

    private Refusal? Take(CsvRow row, LoadChunk chunk)
    {
        if (row.IsOverlong)
            return Overlong(row);
        if (!row.IsPlain || !EventFields.TrySplitPlain(row.Bytes, HasNotes, out var fields))
        {
            if (_splitter.Split(row.Bytes) is { } refusal)
                return refusal;
            fields = _splitter.Fields;
        }

        return Utf8.IsValid(row.Bytes) ? fields.AddTo(chunk.Batch, _rows.RowNumber, _check) : fields.RefuseEncoding();
    }

    private void Reject(LoadChunk chunk, Refusal refusal, ReadOnlySpan<byte> row)
    {
        chunk.Rejected.Add(RejectedRow.From(_rows.RowNumber, refusal, row) with { LineNumber = _rows.LineNumber });
        _malformed++;
        _ended = _malformed > rejectsMax;
    }

    private void CheckHeader(CsvRow row)
    {
        var header = row.Bytes.StartsWith("\uFEFF"u8) ? row.Bytes[3..] : row.Bytes;
        if (row.IsOverlong)
            throw WrongHeader(Overlong(row).Reason, header);
        if (header.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || header.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw WrongHeader("The file is UTF-16. Save it as UTF-8.", header);
        if (header.Contains((byte)0))
            throw WrongHeader("The file is not UTF-8: its header holds NUL characters, as UTF-16 without a byte order mark does. Save it as UTF-8.", header);
        foreach (var columns in (ReadOnlySpan<int>)[EventColumns.CountWithNotes, EventColumns.Count])
        {
            _splitter.Columns = columns;
            if (_splitter.Split(header) is null && HasAllNames())
                return;
        }

        throw WrongHeader($"The header is '{Shown.Of(header, EventColumns.HeaderWithNotes.Length * 2)}'.", header);
    }

    private bool HasAllNames()
    {
        for (var i = 0; i < _splitter.Columns; i++)
        {
            if (!Ascii.Equals(_splitter.Field(i), EventColumns.NameAt(i)!))
                return false;
        }

        return true;
    }

    // Without its header a file says nothing of what its columns mean: no number of rejected rows makes up for that.
    private static RowRejectedException WrongHeader(string reason, ReadOnlySpan<byte> header)
    {
        var refusal = new Refusal(null, $"{reason} The header must be exactly '{EventColumns.Header}', or that with ',{EventColumns.Reason},{EventColumns.Reference}' after it.");
        var row = RejectedRow.From(1, refusal, header);
        return new RowRejectedException(row, [row], rejected: 1, rejectsMax: 0);
    }

    private Refusal Overlong(CsvRow row)
    {
        var remedy = row.IsUnclosed ? CsvRowSplitter.NotClosed : "Shorten it, or look for a quote that is closed too late.";
        return new Refusal(
            null, string.Create(CultureInfo.InvariantCulture, $"The row is longer than {rowBytesMax} bytes (RowBytesMax). {remedy}"));
    }
}
