using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// Packed sums of the priced lines of some items, by payee, of one meter and currency. Written with the lines, so that the amounts of all
/// payees are read without them.
/// </summary>
[Experimental("SETTLE001")]
public sealed class PayeeSegment
{
    internal PayeeSegment(DateOnly postingDate, string meter, Currency currency, byte[] sums)
    {
        PostingDate = postingDate;
        Meter = meter;
        Currency = currency;
        Sums = sums;
    }

    /// <summary>The posting date of the lines.</summary>
    public DateOnly PostingDate { get; }

    /// <summary>The meter.</summary>
    public string Meter { get; }

    /// <summary>The currency of the amounts.</summary>
    public Currency Currency { get; }

    /// <summary>The packed sums; see PackedPayees.</summary>
    internal byte[] Sums { get; }
}

/// <summary>The sums by payee of a run, in total for a meter and currency.</summary>
[Experimental("SETTLE001")]
public sealed class PayeeCheck(string meter, string currency, decimal quantity, decimal amount)
{
    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The code of the currency.</summary>
    public string Currency { get; } = currency;

    /// <summary>The units of all payees.</summary>
    public decimal Quantity { get; } = quantity;

    /// <summary>The rounded amounts of all payees.</summary>
    public decimal Amount { get; } = amount;

    /// <summary>Totals the sums of a run.</summary>
    internal static IReadOnlyList<PayeeCheck> Of(IEnumerable<PayeeSegment> segments)
    {
        var totals = new Dictionary<(string Meter, string Currency), (Int128 Quantity, decimal Amount)>();
        foreach (var segment in segments)
        {
            var key = (segment.Meter, segment.Currency.Code);
            var (quantity, amount) = totals.GetValueOrDefault(key);
            for (var sum = new PayeeSegmentReader(segment); sum.Read();)
                (quantity, amount) = (quantity + sum.Quantity, amount + sum.Amount);
            totals[key] = (quantity, amount);
        }

        return
        [
            .. totals.OrderBy(t => t.Key.Meter, Utf8Order.Instance).ThenBy(t => t.Key.Currency, StringComparer.Ordinal)
                .Select(t => new PayeeCheck(t.Key.Meter, t.Key.Currency, (decimal)t.Value.Quantity, t.Value.Amount)),
        ];
    }
}
