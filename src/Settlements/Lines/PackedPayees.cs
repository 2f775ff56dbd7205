using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Settlements;

/// <summary>The row of a packed segment of sums by payee.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="FirstItem">The item of the first priced line of the meter: no other segments of a run start with it.</param>
/// <param name="Number">The number among the segments of meter and first item, from 0.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Count">The number of sums.</param>
/// <param name="Bytes">The sums; see <see cref="PackedPayees"/>.</param>
internal sealed record PayeeSegmentRow(string Meter, string FirstItem, int Number, Currency Currency, int Count, byte[] Bytes);

/// <summary>Sums lines by payee, and packs the sums into segments: a row for each sum would cost as much as a line.</summary>
/// <remarks>
/// A sum consists of a byte that is <see cref="Narrow"/> or <see cref="Wide"/>; the payee as UTF-8, after its length; the quantity; and the
/// amount in minor units. Numbers have 7 bits per byte, the lowest first, and signed ones are zigzag-encoded. A wide sum has the quantity
/// and the amount as decimals of 16 bytes. Read by <see cref="PayeeSegmentReader"/>.
/// </remarks>
internal sealed class PackedPayees
{
    // Printable bytes, which need no escaping in SQL statements.
    public const byte Narrow = (byte)' ';
    public const byte Wide = (byte)'!';

    /// <summary>The maximum number of sums of a segment, so that a row has at most about 3 MB.</summary>
    private const int SumsMax = 10_000;

    private readonly string _meter;
    private readonly Currency _currency;
    private readonly Dictionary<string, (Int128 Quantity, decimal Amount)> _sums = new(StringComparer.Ordinal);

    private PackedPayees(string meter, Currency currency) => (_meter, _currency) = (meter, currency);

    /// <summary>Sums the priced lines of items.</summary>
    /// <param name="lines">All lines of the items, ordered by meter.</param>
    /// <returns>The segments, by meter.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static List<PayeeSegmentRow> Pack(IReadOnlyList<SettlementLine> lines)
    {
        var packed = new List<PayeeSegmentRow>();
        var ofMeter = new List<PackedPayees>();
        var (firstItem, current) = ("", (PackedPayees?)null);
        foreach (var line in lines)
        {
            if (line.Price is not { } price)
                continue;
            if (current is null || current._meter != line.Meter)
            {
                PackMeter(packed, ofMeter, firstItem);
                firstItem = line.ItemId;
                ofMeter.Add(current = new PackedPayees(line.Meter, price.Currency));
            }
            else if (!current._currency.Equals(price.Currency))
            {
                current = ofMeter.Find(g => g._currency.Equals(price.Currency));
                if (current is null)
                    ofMeter.Add(current = new PackedPayees(line.Meter, price.Currency));
            }

            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(current._sums, line.PayeeId, out _);
            sum = (sum.Quantity + line.Quantity, sum.Amount + price.Amount);
        }

        PackMeter(packed, ofMeter, firstItem);
        return packed;
    }

    private static void PackMeter(List<PayeeSegmentRow> packed, List<PackedPayees> ofMeter, string firstItem)
    {
        var number = 0;
        foreach (var group in ofMeter)
        {
            foreach (var sums in group._sums.Chunk(SumsMax))
                packed.Add(new PayeeSegmentRow(group._meter, firstItem, number++, group._currency, sums.Length, group.Pack(sums)));
        }

        ofMeter.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private byte[] Pack(KeyValuePair<string, (Int128 Quantity, decimal Amount)>[] sums)
    {
        using var bytes = new MemoryStream(sums.Length * 32);
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        var minorUnits = MinorUnits(_currency);
        foreach (var (payeeId, (quantity, amount)) in sums)
        {
            var minor = amount * minorUnits;
            var isWide = quantity < long.MinValue || quantity > long.MaxValue || minor < long.MinValue || minor > long.MaxValue
                || minor != decimal.Truncate(minor);
            writer.Write(isWide ? Wide : Narrow);
            writer.Write(payeeId);
            if (isWide)
            {
                writer.Write((decimal)quantity);
                writer.Write(amount);
            }
            else
            {
                writer.Write7BitEncodedInt64(Zigzag((long)quantity));
                writer.Write7BitEncodedInt64(Zigzag((long)minor));
            }
        }

        writer.Flush();
        return bytes.ToArray();
    }

    private static long Zigzag(long value) => unchecked((value << 1) ^ (value >> 63));

    private static decimal MinorUnits(Currency currency)
    {
        var units = 1m;
        for (var digit = 0; digit < currency.MinorUnitDigits; digit++)
            units *= 10;
        return units;
    }
}
