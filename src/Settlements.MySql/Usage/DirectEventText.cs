using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Writes the statements of <see cref="DirectEvents"/>, in a buffer that is reused. All characters are ASCII. Not thread-safe.
/// </summary>
internal sealed class DirectEventText
{
    /// <summary>An argument for which EXP is out of range, so that the server refuses the statement (error 1690).</summary>
    private const string OutOfRange = "9999";

    private const string Columns = "(occurred_at, event_id, meter, item_id, payee_id, quantity)";

    /// <summary>The characters that a literal may contain as they are; other texts are written in hexadecimal.</summary>
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/+=@#*,;()[]{}<>!?$&|~^ "u8);

    private byte[] _bytes = new byte[1024];
    private int _length;
    private int _day = int.MinValue;
    private readonly byte[] _dayText = new byte[10];

    /// <summary>
    /// Returns one statement that locks the writer's row, compares its state, and inserts the event; without a transaction around it, the
    /// lock is held until the statement is committed.
    /// </summary>
    public string OfOne(EventBatch batch, string slot, string sharedClause)
    {
        _length = 0;
        Append($"INSERT INTO usage_events {Columns} SELECT ");
        Values(batch, 0);
        Append($" FROM writer_locks WHERE slot = {slot} AND uses_event_id_table = 0 AND coalesce(dropping_before <= ");
        Instant(batch.OccurredAt(0));
        Append(", TRUE) AND coalesce(closed_until <= ");
        Instant(batch.OccurredAt(0));
        Append(", TRUE) ");
        Append(sharedClause);
        return Text();
    }

    /// <summary>
    /// Returns a transaction that locks the writer's row and inserts the events. If the state is another one than expected, the second
    /// statement fails (EXP is out of range), and the server executes none of the following ones.
    /// </summary>
    public string OfMany(EventBatch batch, long firstInstant, string slot, string sharedClause, bool usesEventIdTable)
    {
        _length = 0;
        Append("START TRANSACTION; SELECT exp(if(count(*) = 1 AND max(uses_event_id_table) = ");
        Append(usesEventIdTable ? "1" : "0");
        Append(" AND coalesce(max(dropping_before) <= ");
        Instant(firstInstant);
        Append(", TRUE) AND coalesce(max(closed_until) <= ");
        Instant(firstInstant);
        Append($", TRUE), 0, {OutOfRange})) FROM writer_locks WHERE slot = {slot} ");
        Append(sharedClause);
        if (usesEventIdTable)
        {
            Append("; INSERT INTO event_ids (occurred_at, event_id) VALUES ");
            for (var i = 0; i < batch.Count; i++)
            {
                Append(i == 0 ? "(" : ",(");
                InstantAndId(batch, i);
                Append(")");
            }
        }

        Append($"; INSERT INTO usage_events {Columns} VALUES ");
        for (var i = 0; i < batch.Count; i++)
        {
            Append(i == 0 ? "(" : ",(");
            Values(batch, i);
            Append(")");
        }

        Append("; COMMIT");
        return Text();
    }

    private void Values(EventBatch batch, int i)
    {
        InstantAndId(batch, i);
        Append(",");
        Literal(batch.Meter(i));
        Append(",");
        Literal(batch.ItemId(i));
        Append(",");
        Literal(batch.PayeeId(i));
        Append(",");
        EnsureCapacity(20);
        Utf8Formatter.TryFormat(batch.Quantity(i), _bytes.AsSpan(_length), out var written);
        _length += written;
    }

    private void InstantAndId(EventBatch batch, int i)
    {
        Instant(batch.OccurredAt(i));
        Append(",");
        Span<byte> id = stackalloc byte[16];
        batch.EventId(i).TryWriteBytes(id, bigEndian: true, out _);
        Hex(id);
    }

    private void Literal(ReadOnlySpan<byte> utf8)
    {
        if (utf8.ContainsAnyExcept(Plain))
        {
            Hex(utf8);
            return;
        }

        EnsureCapacity(utf8.Length + 2);
        _bytes[_length++] = (byte)'\'';
        utf8.CopyTo(_bytes.AsSpan(_length));
        _length += utf8.Length;
        _bytes[_length++] = (byte)'\'';
    }

    private void Hex(ReadOnlySpan<byte> bytes)
    {
        EnsureCapacity(bytes.Length * 2 + 3);
        _bytes[_length++] = (byte)'X';
        _bytes[_length++] = (byte)'\'';
        Convert.TryToHexString(bytes, _bytes.AsSpan(_length), out var written);
        _length += written;
        _bytes[_length++] = (byte)'\'';
    }

    private void Instant(long unixMicroseconds)
    {
        EnsureCapacity(28);
        _bytes[_length++] = (byte)'\'';
        _length += InstantText.Write(unixMicroseconds, _bytes.AsSpan(_length), ref _day, _dayText);
        _bytes[_length++] = (byte)'\'';
    }

    private void Append(string ascii)
    {
        EnsureCapacity(ascii.Length);
        _length += Encoding.ASCII.GetBytes(ascii, _bytes.AsSpan(_length));
    }

    private string Text() => Encoding.ASCII.GetString(_bytes.AsSpan(0, _length));

    private void EnsureCapacity(int bytes)
    {
        if (_length + bytes > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_length + bytes, checked(_bytes.Length * 2)));
    }
}
