namespace Settlements;

/// <summary>
/// Divides a stream of bytes into rows at LF or CRLF outside of quotes; the last line end is optional. Uses a single buffer. Of a row
/// that is too long, only the first bytes are stored. Not thread-safe.
/// </summary>
/// <param name="stream">The stream, read from its position to its end. The caller disposes it.</param>
/// <param name="rowBytesMax">The maximum length of a row in bytes, without its line end.</param>
/// <param name="bufferBytes">The initial size of the buffer, which grows up to the longest row with its line end.</param>
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

    /// <summary>Gets the number of the last row read, from 1; 0 before the first.</summary>
    public long RowNumber { get; private set; }

    /// <summary>
    /// Gets the line on which the last row read starts, from 1. A quoted line break (LF, CRLF or CR) starts a line but not a row.
    /// </summary>
    public long LineNumber { get; private set; }

    /// <summary>Gets the number of bytes of all rows read, line ends included.</summary>
    public long BytesTaken { get; private set; }

    /// <summary>Gets the bytes of the last row read, like <see cref="CsvRow.Bytes"/>; valid until the next row is read.</summary>
    public ReadOnlySpan<byte> Row => _rowHead ?? _buffer.AsSpan(_rowStart, _rowLength);

    /// <summary>Reads the next row from the buffer.</summary>
    public CsvRead TryRead(out CsvRow row)
    {
        if (TryReadPlain(out row))
            return CsvRead.Row;

        var unseen = _buffer.AsSpan((_start + _scanned).._end);
        var end = _scanner.FindEnd(unseen);
        _scanned += end < 0 ? unseen.Length : end;
        if (end < 0)
        {
            // One byte beyond the maximum length can still be the CR of the line end.
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

    /// <summary>Reads more bytes from the stream.</summary>
    /// <param name="cancellationToken">Passed to the read of the stream.</param>
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

    // The fast path for nearly every row: no quote and no carriage return before the line end.
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

    /// <summary>Counts line ends. A CRLF may be divided by the end of the buffer.</summary>
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
