using Settlements.Stores;

namespace Settlements;

/// <summary>Reprices the lines of one item, version and counter period with a volume table, one posting date at a time.</summary>
internal sealed class VolumeReplay(RateVersion version, Action<RestatementCalculator.Group, decimal> add)
{
    private readonly SortedDictionary<string, (long Units, decimal Exact, RestatementCalculator.Group Last)> _payees =
        new(Utf8Order.Instance);

    /// <summary>Adds the lines of a posting date, in the order of pricing, with their groups.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="reached">The final value of the counter on that posting date.</param>
    public void Add(IReadOnlyList<(SettlementLine Line, RestatementCalculator.Group Group)> lines, long reached)
    {
        var price = ((Volume)version.Table.Model).UnitPriceAt(reached);
        foreach (var (line, group) in lines)
            Change(line.PayeeId, group, line.Quantity, line.Quantity * price);

        // Repricings and restatements of only a price have no units, and reprice nothing.
        if (lines.All(l => l.Line.Quantity == 0))
            return;
        foreach (var payee in _payees.Keys.ToList())
        {
            var (units, exact, group) = _payees[payee];
            if (units * price != exact)
                Change(payee, group, 0, units * price - exact);
        }
    }

    private void Change(string payee, RestatementCalculator.Group group, long units, decimal exact)
    {
        var (before, amount, _) = _payees.TryGetValue(payee, out var found) ? found : (0, 0, group);
        _payees[payee] = (before + units, amount + exact, group);
        add(group, exact);
    }
}
