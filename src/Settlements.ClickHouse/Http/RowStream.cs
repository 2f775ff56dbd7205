using System.Buffers;
using System.Text;

namespace Settlements.ClickHouse;

/// <summary>
/// Reads the rows of an answer through one pooled buffer, which grows to the longest row. The end of the answer is kept: where the server
/// fails after it began to answer, its error is there.
/// </summary>
internal static class RowStream
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>The longest row: longer ones are no rows but bytes of an error.</summary>
    private const int RowBytesMax = 16 * 1024 * 1024;

    private const int TailBytes = 16 * 1024;

    public static async Task ReadAsync(string server, Stream answer, IRowReader rows, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var tail = new Tail();
        try
        {
            var filled = 0;
            while (await answer.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                tail.Add(buffer.AsSpan(filled, read));
                filled += read;
                var used = Read(buffer.AsSpan(0, filled), rows);
                filled -= used;
                buffer.AsSpan(used, filled).CopyTo(buffer);
                if (filled == buffer.Length)
                    buffer = filled < RowBytesMax ? Grow(buffer) : throw new BadRowException();
            }

            if (filled > 0)
            {
                throw ClickHouseException.Find(server, tail.Text()) ?? new ClickHouseException(
                    $"ClickHouse at {server}: the answer ended within a row.", 0, isTransient: true);
            }
        }
        catch (BadRowException)
        {
            // What was read as a row may be an error.
            while (await answer.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
                tail.Add(buffer.AsSpan(0, read));
            if (ClickHouseException.Find(server, tail.Text()) is { } error)
                throw error;
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // A server that failed between two rows: an id of a row may be any text, so only the last bytes tell.
        if (tail.EndsLikeAnError && ClickHouseException.Find(server, tail.Text()) is { } failed)
            throw failed;
    }

    private static int Read(ReadOnlySpan<byte> bytes, IRowReader rows)
    {
        for (var used = 0; ;)
        {
            if (used == bytes.Length)
                return used;
            var row = new RowCursor(bytes[used..]);
            if (!rows.TryRead(ref row))
                return used;
            used += row.Position;
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    /// <summary>The last bytes of an answer.</summary>
    private sealed class Tail
    {
        private readonly byte[] _bytes = new byte[TailBytes];
        private int _length;

        /// <summary>Errors end with a line feed or, of old servers, with <c>e.what() = DB::Exception</c>.</summary>
        public bool EndsLikeAnError => _bytes.AsSpan(0, _length).TrimEnd((byte)'\n').EndsWith("xception"u8)
            || (_length > 0 && _bytes[_length - 1] == '\n');

        public void Add(ReadOnlySpan<byte> read)
        {
            if (read.Length > TailBytes)
                read = read[^TailBytes..];
            var kept = Math.Min(_length, TailBytes - read.Length);
            _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
            read.CopyTo(_bytes.AsSpan(kept));
            _length = kept + read.Length;
        }

        public string Text() => Encoding.UTF8.GetString(_bytes, 0, _length);
    }
}

/// <summary>Thrown by a reader at a row with an invalid value, which the source then finds by a statement.</summary>
internal sealed class BadRowException : Exception;
