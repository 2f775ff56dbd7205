using System.Runtime.InteropServices;
using System.Text;
using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.Sums;

namespace Settlement.MySql.Sums;

/// <summary>
/// Sums the measures of a host's rows by item and payee, typed as their columns are; texts come in at the end, once for each distinct key.
/// </summary>
/// <typeparam name="TItem">The item's key.</typeparam>
/// <typeparam name="TPayee">The payee's key.</typeparam>
/// <param name="table">What is counted.</param>
/// <param name="items">Reads items.</param>
/// <param name="payees">Reads payees.</param>
internal sealed class SourceSums<TItem, TPayee>(SourceTable table, ISourceKey<TItem> items, ISourceKey<TPayee> payees) : IRow
    where TItem : IEquatable<TItem>
    where TPayee : IEquatable<TPayee>
{
    private readonly Dictionary<(TItem Item, TPayee Payee), int> _places = [];

    /// <summary>Which measures are summed; the others count rows.</summary>
    private readonly bool[] _isSummed = [.. table.Source.Measures.Select(m => m.QuantityColumn is not null)];

    private readonly bool[] _isUnsigned =
        [.. table.Source.Measures.Select(m => m.QuantityColumn is { } column && table.Column(column).Kind == ColumnKind.Unsigned)];

    private Sum[] _sums = new Sum[1024 * table.Source.Measures.Count];

    /// <summary>Item, payee and the quantities: those of the row that a reader stands on.</summary>
    public void Take(MySqlDataReader reader)
    {
        if (!items.TryRead(reader, 0, out var item) || !payees.TryRead(reader, 1, out var payee))
            throw new BadRowException();
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, (item, payee), out var exists);
        if (!exists)
            place = NewPlace();
        for (var i = 0; i < _isSummed.Length; i++)
        {
            if (!_isSummed[i])
                Add(ref _sums[place + i], 1, i, item, payee);
            else
                Add(ref _sums[place + i], Quantity(reader, i), i, item, payee);
        }
    }

    public void AddTo(TotalsAccumulator totals)
    {
        var meters = table.Source.Measures.Select(m => Encoding.UTF8.GetBytes(m.Meter)).ToArray();
        foreach (var ((item, payee), place) in _places)
        {
            for (var i = 0; i < meters.Length; i++)
            {
                if (_sums[place + i].Events > 0)
                    totals.Add(meters[i], items.Text(item), payees.Text(payee), 0, _sums[place + i].Quantity, _sums[place + i].Events);
            }
        }
    }

    private long Quantity(MySqlDataReader reader, int measure)
    {
        var ordinal = measure + 2;
        if (reader.IsDBNull(ordinal))
            throw new BadRowException();
        if (_isUnsigned[measure])
            return reader.GetUInt64(ordinal) is <= BillableEvent.QuantityMax and var units ? (long)units : throw new BadRowException();
        return reader.GetInt64(ordinal) is >= -BillableEvent.QuantityMax and <= BillableEvent.QuantityMax and var quantity ? quantity : throw new BadRowException();
    }

    private int NewPlace()
    {
        var place = (_places.Count - 1) * _isSummed.Length;
        if (place + _isSummed.Length > _sums.Length)
            Array.Resize(ref _sums, checked(_sums.Length * 2));
        return place;
    }

    /// <summary>A quantity of 0 counts nothing.</summary>
    private void Add(ref Sum sum, long quantity, int measure, TItem item, TPayee payee)
    {
        if (quantity == 0)
            return;
        var result = unchecked(sum.Quantity + quantity);
        if (((result ^ sum.Quantity) & (result ^ quantity)) < 0)
        {
            throw TotalMerger.Overflow(
                table.Source.Measures[measure].Meter, Encoding.UTF8.GetString(items.Text(item)), Encoding.UTF8.GetString(payees.Text(payee)));
        }

        sum.Quantity = result;
        sum.Events++;
    }

    private struct Sum
    {
        public long Quantity;
        public long Events;
    }
}

/// <summary>A row that can't be counted; which one, and why, is looked up then.</summary>
internal sealed class BadRowException : Exception;
