using System.Runtime.InteropServices;
using System.Text;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

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
        [.. table.Source.Measures.Select(m => m.QuantityColumn is { } column && table.Column(column).Kind == SourceColumnKind.Unsigned)];

    /// <summary>What some sums have beyond the range of <see cref="long"/>, by their place; nearly always none.</summary>
    private Dictionary<int, Int128>? _beyond;

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
            Add(place + i, _isSummed[i] ? Quantity(reader, i) : 1);
        }
    }

    public void AddTo(SumAccumulator totals)
    {
        var meters = table.Source.Measures.Select(m => Encoding.UTF8.GetBytes(m.Meter)).ToArray();
        foreach (var ((item, payee), place) in _places)
        {
            for (var i = 0; i < meters.Length; i++)
            {
                if (_sums[place + i].Events == 0)
                    continue;
                var quantity = _sums[place + i].Quantity + (_beyond is null ? 0 : _beyond.GetValueOrDefault(place + i));
                totals.AddSum(meters[i], items.Text(item), payees.Text(payee), 0, quantity, _sums[place + i].Events);
            }
        }
    }

    private long Quantity(MySqlDataReader reader, int measure)
    {
        var ordinal = measure + 2;
        if (reader.IsDBNull(ordinal))
            throw new BadRowException();
        if (_isUnsigned[measure])
            return reader.GetUInt64(ordinal) is <= long.MaxValue and var units ? (long)units : throw new BadRowException();
        return reader.GetInt64(ordinal);
    }

    private int NewPlace()
    {
        var place = (_places.Count - 1) * _isSummed.Length;
        if (place + _isSummed.Length > _sums.Length)
            Array.Resize(ref _sums, checked(_sums.Length * 2));
        return place;
    }

    /// <summary>A quantity of 0 counts nothing.</summary>
    private void Add(int place, long quantity)
    {
        if (quantity == 0)
            return;
        ref var sum = ref _sums[place];
        var result = unchecked(sum.Quantity + quantity);
        if (((result ^ sum.Quantity) & (result ^ quantity)) < 0)
        {
            _beyond ??= [];
            _beyond[place] = _beyond.GetValueOrDefault(place) + sum.Quantity;
            result = quantity;
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
