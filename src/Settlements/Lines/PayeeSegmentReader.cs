using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Settlements.Stores;

namespace Settlements;

/// <summary>Reads the sums of a segment; see <see cref="PackedPayees"/>. Not thread-safe.</summary>
internal sealed class PayeeSegmentReader(PayeeSegment segment)
{
    private const int DecimalBytes = 16;

    private readonly byte[] _packed = segment.Sums;
    private readonly byte _scale = (byte)segment.Currency.MinorUnitDigits;
    private int _at;
    private int _payeeAt;
    private int _payeeLength;

    /// <summary>Gets the payee, as UTF-8.</summary>
    public ReadOnlySpan<byte> PayeeId => _packed.AsSpan(_payeeAt, _payeeLength);

    public Int128 Quantity { get; private set; }

    public decimal Amount { get; private set; }

    /// <summary>Advances to the next sum.</summary>
    /// <returns>Whether there is a next sum.</returns>
    /// <exception cref="InvariantException">The segment was changed by hand.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read()
    {
        if (_at == _packed.Length)
            return false;
        try
        {
            var isWide = _packed[_at++] == PackedPayees.Wide;
            _payeeLength = checked((int)PackedNumber.Read(_packed, ref _at));
            _payeeAt = _at;
            _at += _payeeLength;
            (Quantity, Amount) = isWide ? ((Int128)Decimal(), Decimal()) : (Signed(), Minor(Signed()));
            return _at <= _packed.Length ? true : throw Damaged();
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw Damaged();
        }
    }

    /// <summary>Returns the error of a segment that was changed by hand.</summary>
    public InvariantException Damaged() => new(
        FormattableString.Invariant($"The sums by payee of meter '{segment.Meter}' on {segment.PostingDate:O} can't be read. ")
        + "Rows of payee_sums were changed by hand. Restore them from a backup.");

    private decimal Minor(long units)
    {
        var magnitude = unchecked((ulong)(units < 0 ? -units : units));
        return new decimal(unchecked((int)magnitude), unchecked((int)(magnitude >> 32)), 0, units < 0, _scale);
    }

    private decimal Decimal()
    {
        Span<int> parts = stackalloc int[4];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = BinaryPrimitives.ReadInt32LittleEndian(_packed.AsSpan(_at + i * sizeof(int)));
        _at += DecimalBytes;
        return new decimal(parts);
    }

    private long Signed() => PackedNumber.ReadSigned(_packed, ref _at);
}
