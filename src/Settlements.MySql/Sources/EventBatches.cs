using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Reads many rows of the library's event table as one value: the fields of all rows of an interval of time, concatenated by the server,
/// each terminated by a byte that UTF-8 does not contain. Reading a row through the driver costs several times as much as splitting it from
/// such a value. An interval whose value is incomplete, or whose ids contain the byte, is streamed row by row instead.
/// </summary>
internal sealed class EventBatches
{
    /// <summary>The estimated number of rows of a slice below which it is streamed.</summary>
    internal const int RowsMin = 5_000;

    private const byte Terminator = 0xFF;
    private const int FieldsPerRow = 4;

    /// <summary>The approximate size of a value: small enough for the cache, and large enough for few statements.</summary>
    private const int BatchBytes = 1 << 20;

    /// <summary>The maximum size of a value; limited by the server's max_allowed_packet too.</summary>
    private const int BatchBytesMax = 4 << 20;

    /// <summary>The size of a row that is assumed for the first statements.</summary>
    private const int RowBytes = 64;

    /// <summary>
    /// The number of statements that are sent together: the server computes the next values while the previous one is summed.
    /// </summary>
    private const int StatementsMax = 8;

    private readonly MySqlCommand _command;
    private readonly SumAccumulator _totals;
    private readonly int _bytesMax;
    private readonly int _bytesTarget;
    private readonly long _end;
    private long _nextStart;
    private double _intervalMicroseconds;
    private byte[] _bytes = [];

    private EventBatches(MySqlCommand command, UtcRange range, long estimatedRows, long packetBytesMax, SumAccumulator totals)
    {
        _command = command;
        _totals = totals;
        _bytesMax = (int)Math.Min(BatchBytesMax, packetBytesMax / 2);
        _bytesTarget = Math.Min(BatchBytes, _bytesMax / 4);
        (_nextStart, _end) = (UnixMicroseconds.From(range.Start), UnixMicroseconds.From(range.End));
        _intervalMicroseconds = (double)(_end - _nextStart) * _bytesTarget / RowBytes / Math.Max(1, estimatedRows);
    }

    /// <summary>The intervals that are streamed row by row.</summary>
    private List<UtcRange> StreamedIntervals { get; } = [];

    /// <summary>Sums the events of a range that are not late.</summary>
    /// <param name="connection">The connection. Its group_concat_max_len is raised, and remains so until the connection is reset.</param>
    /// <param name="range">The range.</param>
    /// <param name="estimatedRows">The approximate number of rows.</param>
    /// <param name="packetBytesMax">The server's max_allowed_packet.</param>
    /// <param name="totals">The sums.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of rows that were summed, and the intervals that have to be streamed.</returns>
    public static async Task<(long Rows, IReadOnlyList<UtcRange> Others)> SumAsync(
        MySqlConnection connection, UtcRange range, long estimatedRows, long packetBytesMax, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);

        // As for streamed rows, see RowStream.
        command.CommandTimeout = 0;
        var batches = new EventBatches(command, range, estimatedRows, packetBytesMax, totals);
        var interruption = new CommandInterruption(command, cancellationToken);
        await using var __ = interruption.ConfigureAwait(false);
        var rows = await Task.Run(() => batches.Read(cancellationToken), CancellationToken.None).ConfigureAwait(false);
        return (rows, batches.StreamedIntervals);
    }

    private long Read(CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // constants and numbers
        _command.CommandText = $"SET SESSION group_concat_max_len = {Sql.Literal(_bytesMax)}";
        _command.ExecuteNonQuery();
        var rows = 0L;
        while (_nextStart < _end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var intervals = NextIntervals();
            _command.CommandText = string.Join("; ", intervals.Select(Select));
            rows += ReadValues(intervals, cancellationToken);
        }
#pragma warning restore CA2100

        return rows;
    }

    private List<UtcRange> NextIntervals()
    {
        var intervals = new List<UtcRange>(StatementsMax);
        while (intervals.Count < StatementsMax && _nextStart < _end)
        {
            var to = _intervalMicroseconds >= _end - _nextStart ? _end : _nextStart + Math.Max(1, (long)_intervalMicroseconds);
            intervals.Add(new UtcRange(UnixMicroseconds.ToInstant(_nextStart), UnixMicroseconds.ToInstant(to)));
            _nextStart = to;
        }

        return intervals;
    }

    private static string Select(UtcRange interval) =>
        "SELECT count(*), group_concat(concat_ws(X'FF', meter, item_id, payee_id, quantity, '') SEPARATOR '') "
        + "FROM usage_events FORCE INDEX (PRIMARY) "
        + $"WHERE occurred_at >= {Sql.Literal(interval.Start)} AND occurred_at < {Sql.Literal(interval.End)} AND posting_date IS NULL";

    private long ReadValues(List<UtcRange> intervals, CancellationToken cancellationToken)
    {
        using var reader = _command.ExecuteReader();
        try
        {
            var (rows, bytes) = (0L, 0L);
            foreach (var interval in intervals)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reader.Read();
                var count = reader.GetInt64(0);
                var value = Value(reader);
                bytes += value.Length;
                if (IsComplete(value, count))
                {
                    Add(value);
                    rows += count;
                }
                else
                {
                    StreamedIntervals.Add(interval);
                }

                reader.NextResult();
            }

            // Changed by a factor of 0.25 to 2 at most, since the numbers of rows of consecutive intervals may differ much.
            _intervalMicroseconds *= Math.Clamp((double)_bytesTarget * intervals.Count / Math.Max(1, bytes), 0.25, 2);
            return rows;
        }
        catch
        {
            // Otherwise disposing the reader would read all remaining values.
            _command.Cancel();
            throw;
        }
    }

    private ReadOnlySpan<byte> Value(MySqlDataReader reader)
    {
        if (reader.IsDBNull(1))
            return [];
        var length = (int)reader.GetBytes(1, 0, null, 0, 0);
        if (length > _bytes.Length)
            _bytes = new byte[Math.Max(length, Math.Min(_bytesMax, BatchBytes * 2))];
        reader.GetBytes(1, 0, _bytes, 0, length);
        return _bytes.AsSpan(0, length);
    }

    /// <summary>
    /// Returns whether a value has all fields of all rows. The server cuts a value at the limit, and omits nulls.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool IsComplete(ReadOnlySpan<byte> value, long rows) =>
        value.Length < _bytesMax && value.Count(Terminator) == rows * FieldsPerRow && (rows == 0 || value[^1] == Terminator);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            var meter = Field(ref value);
            var item = Field(ref value);
            var payee = Field(ref value);
            var quantity = Field(ref value);
            if (!Utf8Parser.TryParse(quantity, out long units, out var read) || read != quantity.Length)
            {
                throw new MySqlStoreException(
                    $"Table {IUsageSource.EventTableName}: '{Encoding.UTF8.GetString(quantity)}' was read as a quantity. The table's "
                    + "columns were changed manually, or an id contains the byte FF, which UTF-8 does not have; restore them.",
                    isTransient: false);
            }

            _totals.Add(meter, item, payee, 0, units);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ReadOnlySpan<byte> Field(ref ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf(Terminator);
        var field = value[..end];
        value = value[(end + 1)..];
        return field;
    }
}
