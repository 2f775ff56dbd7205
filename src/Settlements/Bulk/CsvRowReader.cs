namespace Settlements;

/// <summary>
/// Cuts a stream of bytes into rows: at LF or CRLF outside quotes, the last one at the stream's end too. Keeps one buffer and no row; of a
/// row that is too long it keeps the first bytes only. Not thread-safe.
/// </summary>
/// <param name="stream">Read from its position to its end; stays the caller's.</param>
/// <param name="rowBytesMax">The longest row in bytes, without its line end.</param>
/// <param name="bufferBytes">The buffer's size at first; it grows where a row needs it, up to the longest row with its line end.</param>
internal sealed class CsvRowReader(Stream stream, int rowBytesMax, int bufferBytes)
{
    private readonly CsvRowScanner _scanner = new();
    private byte[] _buffer = new byte[bufferBytes];
    private int _start;
    private int _end;
    private int _scanned;
    private byte[]? _overlongHead;
    private byte[]? _rowHead;
    private int _rowStart;
    private int _rowLength;
    private bool _streamEnded;
    private long _nextLine = 1;
    private bool _endsInReturn;

    /// <summary>The number of the row read last, from 1; 0 before the first.</summary>
    public long RowNumber { get; private set; }

    /// <summary>The line on which the row read last begins, from 1: a quoted line break (LF, CRLF or CR) begins a line and no row.</summary>
    public long LineNumber { get; private set; }

    /// <summary>The bytes of all rows read, line ends included.</summary>
    public long BytesTaken { get; private set; }

    /// <summary>The bytes of the row read last, as <see cref="CsvRow.Bytes"/>; valid until the next is read.</summary>
    public ReadOnlySpan<byte> Row => _rowHead ?? _buffer.AsSpan(_rowStart, _rowLength);

    /// <summary>Takes the next row out of the buffer.</summary>
    public CsvRead TryRead(out CsvRow row)
    {
        if (TryReadPlain(out row))
            return CsvRead.Row;

        var unseen = _buffer.AsSpan((_start + _scanned).._end);
        var end = _scanner.FindEnd(unseen);
        _scanned += end < 0 ? unseen.Length : end;
        if (end < 0)
        {
            // One byte more than a row may have can still be the CR of its line end.
            if (_overlongHead is not null || _scanned > rowBytesMax + 1)
                SkipScanned();
            if (!_streamEnded)
                return CsvRead.MoreBytes;
            if (_scanned == 0 && _overlongHead is null)
                return CsvRead.End;
        }

        row = TakeScanned(hasLineEnd: end >= 0);
        return CsvRead.Row;
    }

    /// <summary>Reads on in the stream.</summary>
    /// <param name="cancellationToken">Given to the stream: the read ends as soon as the stream heeds it.</param>
    public async ValueTask RefillAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length && _start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        else if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, rowBytesMax + 2L));
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        _streamEnded = read == 0;
    }

    // The short way of nearly every row: no quote and no carriage return up to the line end.
    private bool TryReadPlain(out CsvRow row)
    {
        row = default;
        if (_scanned > 0 || _overlongHead is not null)
            return false;
        if (_rowHead is not null)
            _rowHead = null;

        var rest = _buffer.AsSpan(_start.._end);
        var length = rest.IndexOfAny((byte)'\n', (byte)'"', (byte)'\r');
        if (length < 0 || length > rowBytesMax)
            return false;
        var lineEnd = rest[length] == '\n' ? 1 : rest[length..].StartsWith("\r\n"u8) ? 2 : 0;
        if (lineEnd == 0)
            return false;

        row = new CsvRow { Bytes = rest[..length], IsPlain = true };
        (_rowStart, _rowLength) = (_start, length);
        LineNumber = _nextLine++;
        Advance(length + lineEnd);
        return true;
    }

    private CsvRow TakeScanned(bool hasLineEnd)
    {
        var length = _scanned;
        if (hasLineEnd && length > 0 && _buffer[_start + length - 1] == '\r')
            length--;
        var overlong = _overlongHead is not null || length > rowBytesMax;
        (_rowHead, _rowStart, _rowLength) = (_overlongHead, _start, Math.Min(length, rowBytesMax));
        var row = new CsvRow
        {
            Bytes = Row,
            IsOverlong = overlong,
            IsUnclosed = _scanner.InQuotes,
        };
        LineNumber = _overlongHead is null ? _nextLine : LineNumber;
        CountLines(_buffer.AsSpan(_start, _scanned + (hasLineEnd ? 1 : 0)));
        _endsInReturn = false;
        Advance(_scanned + (hasLineEnd ? 1 : 0));
        _scanned = 0;
        _overlongHead = null;
        _scanner.Reset();
        return row;
    }

    private void SkipScanned()
    {
        if (_overlongHead is null)
        {
            _overlongHead = _buffer.AsSpan(_start, Math.Min(rowBytesMax, RawRow.BytesMax)).ToArray();
            LineNumber = _nextLine;
        }

        CountLines(_buffer.AsSpan(_start, _scanned));
        BytesTaken += _scanned;
        _start = _end;
        _scanned = 0;
    }

    /// <summary>A CRLF may be cut in two by the end of the buffer.</summary>
    private void CountLines(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        var returns = bytes.Count((byte)'\r');
        _nextLine += bytes.Count((byte)'\n') + (returns == 0 ? 0 : returns - bytes.Count("\r\n"u8));
        if (_endsInReturn && bytes[0] == '\n')
            _nextLine--;
        _endsInReturn = bytes[^1] == '\r';
    }

    private void Advance(int bytes)
    {
        _start += bytes;
        BytesTaken += bytes;
        RowNumber++;
    }
}
