using System.Numerics;
using System.Text;
using DuckDB.NET.Data;
using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>Adds the groups of a query to an accumulator, and compares their totals with the control totals of the query.</summary>
internal sealed class GroupReader(UsageTable table, SumQuery query, SumAccumulator totals)
{
    private readonly MeasureMeter[] _meters = [.. table.Measures.Select(m => new MeasureMeter(m))];
    private readonly Totals _read = new(query.Measures.Count);
    private readonly byte[] _item = new byte[4 * UsageEvent.TextLengthMax];
    private readonly byte[] _payee = new byte[4 * UsageEvent.TextLengthMax];
    private readonly byte[] _value = new byte[4 * UsageEvent.TextLengthMax];
    private Totals? _control;

    /// <summary>The number of rows that the groups comprise.</summary>
    public long Rows => _read.Rows;

    /// <summary>Whether a group has an invalid value, so that nothing can be counted.</summary>
    public bool HasInvalidValue { get; private set; }

    /// <summary>An item without a payee in the history; null for none.</summary>
    public string? ItemWithoutPayee { get; private set; }

    /// <summary>Whether the groups add up to the control totals.</summary>
    public bool AddsUp => _control is { } control && control.Equals(_read);

    public void Read(DuckDBDataReader row)
    {
        if (row.GetInt64(0) != 0)
        {
            _control = new Totals(query.Measures.Count);
            _control.Add(row, query);
            return;
        }

        _read.Add(row, query);
        if (HasInvalidValue || ItemWithoutPayee is not null)
            return;
        if (TryEncode(row, 1, _item, out var item) && table.PayeeHistory is not null && row.IsDBNull(2))
            ItemWithoutPayee = row.GetString(1);
        else if (item.IsEmpty || !TryEncode(row, 2, _payee, out var payee) || !TryAdd(row, item, payee))
            HasInvalidValue = true;
    }

    private bool TryAdd(DuckDBDataReader row, ReadOnlySpan<byte> item, ReadOnlySpan<byte> payee)
    {
        var rows = row.GetInt64(3);
        for (var m = 0; m < _meters.Length; m++)
        {
            var columns = query.Measures[m];
            if (columns.Values is { } values && row.GetInt64(values) != rows)
                return false;
            var events = columns.Events is { } counted ? row.GetInt64(counted) : rows;
            if (events == 0)
                continue;
            ReadOnlySpan<byte> value = default;
            if (columns.By is { } by)
                TryEncode(row, by, _value, out value);
            if (!_meters[m].TryFind(value, out var meter))
                return false;
            totals.AddSum(meter, item, payee, 0, columns.Sum is { } sum ? Sum(row, sum) : rows, events);
        }

        return true;
    }

    private static Int128 Sum(DuckDBDataReader row, int column) => (Int128)row.GetFieldValue<BigInteger>(column);

    private static bool TryEncode(DuckDBDataReader row, int column, byte[] buffer, out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (row.IsDBNull(column))
            return false;
        var text = row.GetString(column);
        if (text.Length is 0 or > 2 * UsageEvent.TextLengthMax || CodePoints.Count(text) > UsageEvent.TextLengthMax)
            return false;
        utf8 = buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
        return true;
    }

    /// <summary>The number of rows, and the sum, values and events of each measure.</summary>
    private sealed class Totals(int measures)
    {
        private readonly Int128[] _sums = new Int128[measures];
        private readonly long[] _counts = new long[2 * measures];

        public long Rows { get; private set; }

        public void Add(DuckDBDataReader row, SumQuery query)
        {
            Rows += row.GetInt64(3);
            for (var m = 0; m < _sums.Length; m++)
            {
                var columns = query.Measures[m];
                if (columns.Sum is { } sum && !row.IsDBNull(sum))
                    _sums[m] += Sum(row, sum);
                _counts[2 * m] += columns.Values is { } values ? row.GetInt64(values) : 0;
                _counts[2 * m + 1] += columns.Events is { } events ? row.GetInt64(events) : 0;
            }
        }

        public bool Equals(Totals other) =>
            Rows == other.Rows && _sums.AsSpan().SequenceEqual(other._sums) && _counts.AsSpan().SequenceEqual(other._counts);
    }
}
