using System.Runtime.CompilerServices;

namespace Settlements.MySql;

/// <summary>The stream that the driver sends: rows are encoded as they are read, while the server processes the previous ones.</summary>
internal sealed class InfileStream(IRowSource source, CancellationToken cancellationToken) : Stream
{
    private const int FillBytes = 64 * 1024;

    private readonly RowBuffer _rows = new(FillBytes + 4096);
    private int _read;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int Read(Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var copied = 0;
        while (copied < buffer.Length && HasBytes())
        {
            var piece = _rows.Bytes[_read..];
            piece = piece[..Math.Min(piece.Length, buffer.Length - copied)];
            piece.CopyTo(buffer[copied..]);
            copied += piece.Length;
            _read += piece.Length;
        }

        return copied;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool HasBytes()
    {
        if (_read < _rows.Length)
            return true;
        _rows.Clear();
        _read = 0;
        while (!_ended && _rows.Length < FillBytes)
            _ended = !source.TryWrite(_rows);
        return _rows.Length > 0;
    }
}
