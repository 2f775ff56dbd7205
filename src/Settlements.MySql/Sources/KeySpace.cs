using System.Buffers.Binary;
using System.Globalization;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Maps the values of a key's first column to integers, so that a range can be halved without reading rows. Not possible for text.
/// </summary>
/// <param name="First">The least position.</param>
/// <param name="End">The greatest position plus one.</param>
/// <param name="Value">Converts a position to a bound of a slice.</param>
internal sealed record KeySpace(Int128 First, Int128 End, Func<Int128, SliceValue> Value)
{
    public static KeySpace OfInstants(UtcRange range) => new(
        UnixMicroseconds.From(range.Start), UnixMicroseconds.From(range.End),
        static at => SliceValue.Of(UnixMicroseconds.ToInstant((long)at)));

    public static KeySpace? Between(SourceColumnKind kind, object least, object greatest) => kind switch
    {
        SourceColumnKind.Integer => new(Signed(least), Signed(greatest) + 1, static at => SliceValue.Of((long)at)),
        SourceColumnKind.Unsigned => new((ulong)least, (Int128)(ulong)greatest + 1, static at => SliceValue.Of((ulong)at)),
        SourceColumnKind.Uuid => new(Leading((byte[])least), Leading((byte[])greatest) + 1, static at => SliceValue.Of(Uuid((ulong)at))),
        SourceColumnKind.Instant =>
            new(Microseconds(least), Microseconds(greatest) + 1,
                OfInstants(new UtcRange(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddTicks(10))).Value),
        _ => null,
    };

    private static Int128 Signed(object value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private static Int128 Microseconds(object value) => UnixMicroseconds.From(Sql.Instant((DateTime)value));

    /// <summary>Returns the first 8 bytes of a UUID, which is fine enough for any chunk.</summary>
    private static Int128 Leading(byte[] uuid) => BinaryPrimitives.ReadUInt64BigEndian(uuid);

    private static ReadOnlySpan<byte> Uuid(ulong leading)
    {
        var uuid = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(uuid, leading);
        return uuid;
    }
}
