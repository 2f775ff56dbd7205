namespace Settlements.Tests.Loading;

/// <summary>A read-only stream that returns a scripted number of bytes for each read.</summary>
internal sealed class ScriptedStream(Stream inner, Func<int, int> bytesOfRead) : Stream
{
    private int _reads;

    public Action<int>? OnRead { get; init; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        OnRead?.Invoke(_reads);
        var length = Math.Clamp(bytesOfRead(_reads++), 1, buffer.Length);
        return await inner.ReadAsync(buffer[..length], cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
