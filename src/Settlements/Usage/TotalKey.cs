using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Settlements;

/// <summary>
/// The bytes of the key of a sum: usage date, the lengths of meter and item (which make the division unambiguous), then the three texts.
/// </summary>
internal static class TotalKey
{
    public const int HeaderBytes = 12;

    public static void Write(Span<byte> key, ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int usageDate)
    {
        BinaryPrimitives.WriteInt32LittleEndian(key, usageDate);
        BinaryPrimitives.WriteInt32LittleEndian(key[4..], meter.Length);
        BinaryPrimitives.WriteInt32LittleEndian(key[8..], itemId.Length);
        meter.CopyTo(key[HeaderBytes..]);
        itemId.CopyTo(key[(HeaderBytes + meter.Length)..]);
        payeeId.CopyTo(key[(HeaderBytes + meter.Length + itemId.Length)..]);
    }

    public static int UsageDate(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt32LittleEndian(key);

    public static (Range Meter, Range Item, Range Payee) Texts(ReadOnlySpan<byte> key)
    {
        var item = HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(key[4..]);
        var payee = item + BinaryPrimitives.ReadInt32LittleEndian(key[8..]);
        return (HeaderBytes..item, item..payee, payee..key.Length);
    }

    /// <summary>
    /// Multiplies and folds 8 bytes at a time (the scheme of wyhash), with a secret seed: ids are external input, which must not be able
    /// to cause collisions.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Hash(ReadOnlySpan<byte> key, ulong seed)
    {
        var hash = Fold(seed ^ 0xA076_1D64_78BD_642Ful, (ulong)key.Length ^ 0xE703_7ED1_A0B4_28DBul);
        var last = BinaryPrimitives.ReadUInt64LittleEndian(key[^8..]);
        for (; key.Length > 8; key = key[8..])
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key), 0x8EBC_6AF0_9C88_C6E3ul ^ seed);
        hash = Fold(hash ^ last, 0x5899_65CC_7537_4CC3ul ^ seed);
        return unchecked((int)(hash ^ (hash >> 32)));
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
