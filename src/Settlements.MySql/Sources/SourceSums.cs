using System.Runtime.InteropServices;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Sums the measures of an application's rows by item and payee as typed keys; keys are formatted as texts at the end, once per distinct
/// key.
/// </summary>
/// <typeparam name="TItem">The item's key.</typeparam>
/// <typeparam name="TPayee">The payee's key.</typeparam>
/// <param name="table">The table.</param>
/// <param name="items">Reads items.</param>
/// <param name="payees">Reads payees.</param>
/// <param name="values">Reads the values that select meters.</param>
internal sealed class SourceSums<TItem, TPayee>(
    SourceTable table, ISourceKey<TItem> items, ISourceKey<TPayee> payees, ValueKey values) : IRowHandler
    where TItem : IEquatable<TItem>
    where TPayee : IEquatable<TPayee>
{
    private readonly Dictionary<(TItem Item, TPayee Payee, int Values), int> _positions = [];

    /// <summary>Whether each measure sums a column; otherwise it counts rows.</summary>
    private readonly bool[] _isSummed = [.. table.Source.Measures.Select(m => m.QuantityColumn is not null)];

    private readonly bool[] _isUnsigned =
        [.. table.Source.Measures.Select(m => m.QuantityColumn is { } column && table.Column(column).Kind == SourceColumnKind.Unsigned)];

    /// <summary>The parts of sums beyond the range of <see cref="long"/>, by position; rarely any.</summary>
    private Dictionary<int, Int128>? _beyond;

    private Sum[] _sums = new Sum[1024 * table.Source.Measures.Count];

    /// <summary>Adds the current row: item, payee and the quantities.</summary>
    public void OnRow(MySqlDataReader reader)
    {
        if (!items.TryRead(reader, 0, out var item) || !payees.TryRead(reader, 1, out var payee))
            throw new BadRowException();
        ref var position = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _positions, (item, payee, values.Read(reader, 2 + _isSummed.Length)), out var exists);
        if (!exists)
            position = AddPosition();
        for (var i = 0; i < _isSummed.Length; i++)
        {
            Add(position + i, _isSummed[i] ? Quantity(reader, i) : 1);
        }
    }

    public void AddTo(SumAccumulator totals, MeasureMeters meters)
    {
        foreach (var ((item, payee, combination), position) in _positions)
        {
            for (var i = 0; i < meters.Count; i++)
            {
                if (_sums[position + i].Events == 0)
                    continue;
                var quantity = _sums[position + i].Quantity + (_beyond is null ? 0 : _beyond.GetValueOrDefault(position + i));
                totals.AddSum(meters.Find(i, combination), items.Text(item), payees.Text(payee), 0, quantity, _sums[position + i].Events);
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

    private int AddPosition()
    {
        var position = (_positions.Count - 1) * _isSummed.Length;
        if (position + _isSummed.Length > _sums.Length)
            Array.Resize(ref _sums, checked(_sums.Length * 2));
        return position;
    }

    /// <summary>Adds a quantity; 0 is not counted as an event.</summary>
    private void Add(int position, long quantity)
    {
        if (quantity == 0)
            return;
        ref var sum = ref _sums[position];
        var result = unchecked(sum.Quantity + quantity);
        if (((result ^ sum.Quantity) & (result ^ quantity)) < 0)
        {
            _beyond ??= [];
            _beyond[position] = _beyond.GetValueOrDefault(position) + sum.Quantity;
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

/// <summary>Thrown for an invalid row; the row and the reason are then looked up by a query.</summary>
internal sealed class BadRowException : Exception;
