using Settlements.Stores;

namespace Settlements;

/// <summary>The sort orders of lines.</summary>
internal static class LineOrder
{
    /// <summary>
    /// Compares lines of one item and posting date by the order of pricing: usage date, payee, kind and restated line; texts by bytes.
    /// </summary>
    public static int ComparePricing(
        (DateOnly UsageDate, string PayeeId, LineKind Kind, RestatedLine? Restates) a,
        (DateOnly UsageDate, string PayeeId, LineKind Kind, RestatedLine? Restates) b)
    {
        var order = a.UsageDate.CompareTo(b.UsageDate);
        if (order == 0)
            order = Utf8Order.Instance.Compare(a.PayeeId, b.PayeeId);
        if (order == 0)
            order = a.Kind.CompareTo(b.Kind);
        return order == 0 ? Compare(a.Restates, b.Restates) : order;
    }

    /// <summary>
    /// Compares lines by the order of reading: posting date, meter, item, payee, usage date, kind, restated line; texts by bytes.
    /// </summary>
    public static int CompareReading(SettlementLine a, SettlementLine b)
    {
        var order = a.PostingDate.CompareTo(b.PostingDate);
        if (order == 0)
            order = Utf8Order.Instance.Compare(a.Meter, b.Meter);
        if (order == 0)
            order = Utf8Order.Instance.Compare(a.ItemId, b.ItemId);
        if (order == 0)
            order = Utf8Order.Instance.Compare(a.PayeeId, b.PayeeId);
        if (order == 0)
            order = a.UsageDate.CompareTo(b.UsageDate);
        if (order == 0)
            order = a.Kind.CompareTo(b.Kind);
        return order == 0 ? Compare(a.Restates, b.Restates) : order;
    }

    // The same order as that of the texts: dates have a fixed length, and the values of kinds sort like their names.
    private static int Compare(RestatedLine? a, RestatedLine? b)
    {
        if (a is null || b is null)
            return (a is null ? 0 : 1) - (b is null ? 0 : 1);
        var order = a.Value.PostingDate.CompareTo(b.Value.PostingDate);
        return order == 0 ? a.Value.Kind.CompareTo(b.Value.Kind) : order;
    }
}
