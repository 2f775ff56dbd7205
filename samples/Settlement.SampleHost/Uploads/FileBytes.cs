using Microsoft.Win32.SafeHandles;

namespace Settlement.SampleHost.Uploads;

/// <summary>Reads parts of an open file by their position.</summary>
internal sealed class FileBytes(SafeFileHandle file)
{
    public long Length { get; } = RandomAccess.GetLength(file);

    /// <summary>Fills the buffer; returns false if the file ends before.</summary>
    public bool TryRead(long position, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(file, buffer, position);
            if (read == 0)
                return false;
            buffer = buffer[read..];
            position += read;
        }

        return true;
    }
}
