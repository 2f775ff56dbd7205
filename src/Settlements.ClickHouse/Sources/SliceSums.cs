using System.Text.Unicode;
using Settlements.Stores;

namespace Settlements.ClickHouse;

/// <summary>
/// The statements that sum the rows of a range, by group and in total, and the readers of their rows. ClickHouse's sum of 64-bit integers
/// wraps silently: both halves of each quantity are summed instead, which no version does slower, and which can't wrap below 2³¹ rows.
/// </summary>
internal sealed class SliceSums
{
    private readonly UsageTable _source;
    private readonly SourceSql _sql;
    private readonly SourceColumn _item;
    private readonly SourceColumn? _payee;
    private readonly IReadOnlyList<SourceColumn> _by;

    /// <summary>The quantity of each measure; null to count rows.</summary>
    private readonly IReadOnlyList<SourceColumn?> _quantities;

    public SliceSums(UsageTable source, SourceSql sql)
    {
        (_source, _sql) = (source, sql);
        _item = sql.Column(source.ItemColumn)!;
        _payee = source.PayeeColumn is { } payee ? sql.Column(payee) : null;
        _by = [.. source.ByColumns.Select(c => sql.Column(c)!)];
        _quantities = [.. source.Measures.Select(m => m.QuantityColumn is { } column ? sql.Column(column) : null)];
    }

    /// <summary>Returns the statement of the totals: one row.</summary>
    public string Totals(Func<SourceInstant, string> range) =>
        $"SELECT {string.Join(", ", Aggregates().Select(a => a.Sql))} {_sql.Rows(range)}";

    /// <summary>Returns the statement of the groups.</summary>
    public string Groups(Func<SourceInstant, string> range, DateOnly day, DateTimeOffset end)
    {
        var aggregates = Aggregates().ToList();
        if (_payee is { } payee)
        {
            List<SourceColumn> keys = [_item, payee, .. _by];
            return $"SELECT {string.Join(", ", keys.Select(Sql.AsText).Concat(aggregates.Select(a => a.Sql)))} {_sql.Rows(range)} "
                + $"GROUP BY {string.Join(", ", keys.Select(k => k.Sql).Distinct())}";
        }

        // The payee of an item is the same for all rows of a day, so that it is looked up once for each group.
        var by = _by.Select((b, i) => (Sql: Sql.AsText(b), Name: $"__by{Sql.Number(i)}")).ToList();
        var named = string.Join(", ", [$"{Sql.AsText(_item)} AS __item", .. by.Concat(aggregates).Select(c => $"{c.Sql} AS {c.Name}")]);
        var selected = string.Join(", ", ["__item", "ifNull(__payee, '')", .. by.Concat(aggregates).Select(c => c.Name)]);
        return $"SELECT {selected} FROM (SELECT {named} {_sql.Rows(range)} "
            + $"GROUP BY {string.Join(", ", _by.Prepend(_item).Select(k => k.Sql).Distinct())}) AS __left "
            + $"GLOBAL ANY LEFT JOIN ({_sql.Payees(day, end)}) AS __right USING (__item)";
    }

    public Sums NewSums() => new(_source.Measures.Count);

    public IRowReader NewTotalsReader(Sums totals) => new TotalsReader(this, totals);

    public GroupsReader NewGroupsReader(Sums sums, SumAccumulator totals) => new(this, sums, totals);

    /// <summary>The number of rows, then for each quantity both halves, the rows that count, and the invalid rows.</summary>
    private IEnumerable<(string Sql, string Name)> Aggregates()
    {
        yield return ("toUInt64(count())", "__rows");
        for (var i = 0; i < _quantities.Count; i++)
        {
            if (_quantities[i] is not { } quantity)
                continue;
            var name = $"__m{Sql.Number(i)}";
            var number = quantity.IsNullable ? $"toInt64(ifNull({quantity.Sql}, 0))" : $"toInt64({quantity.Sql})";
            yield return ($"toInt64(sum(bitShiftRight({number}, 32)))", $"{name}high");
            yield return ($"toInt64(sum(bitAnd({number}, toInt64(4294967295))))", $"{name}low");
            yield return ($"toUInt64(countIf({number} != 0))", $"{name}events");
            yield return ($"toUInt64(countIf({Invalid(quantity)}))", $"{name}invalid");
        }
    }

    /// <summary>Returns the condition of a quantity that is null or exceeds 64 bits with a sign.</summary>
    public static string Invalid(SourceColumn quantity)
    {
        var isNull = quantity.IsNullable ? $"isNull({quantity.Sql})" : "0";
        return quantity.IsUnsigned64 ? $"{isNull} OR ifNull({quantity.Sql}, 0) > {Sql.Number(long.MaxValue)}" : isNull;
    }

    /// <summary>The sums of all measures.</summary>
    internal sealed class Sums(int measures)
    {
        public long Rows { get; set; }

        public Int128[] Quantities { get; } = new Int128[measures];

        public long[] Events { get; } = new long[measures];

        /// <summary>The number of the first measure with an invalid quantity; null for none.</summary>
        public int? Invalid { get; set; }

        public bool IsSame(Sums other) =>
            Rows == other.Rows && Quantities.AsSpan().SequenceEqual(other.Quantities) && Events.AsSpan().SequenceEqual(other.Events);
    }

    private sealed class TotalsReader(SliceSums statement, Sums totals) : IRowReader
    {
        public bool TryRead(ref RowCursor row)
        {
            var rows = (long)row.UInt64();
            for (var i = 0; i < statement._quantities.Count; i++)
            {
                if (statement._quantities[i] is null)
                {
                    (totals.Quantities[i], totals.Events[i]) = (rows, rows);
                    continue;
                }

                totals.Quantities[i] = Quantity(ref row);
                totals.Events[i] = (long)row.UInt64();
                if (row.UInt64() > 0)
                    totals.Invalid ??= i;
            }

            totals.Rows = rows;
            return !row.IsIncomplete;
        }
    }

    private static Int128 Quantity(ref RowCursor row)
    {
        var high = row.Int64();
        return ((Int128)high << 32) + row.Int64();
    }

    /// <summary>Reads groups into an accumulator.</summary>
    internal sealed class GroupsReader(SliceSums statement, Sums sums, SumAccumulator totals) : IRowReader
    {
        private readonly MeasureMeter[] _meters = [.. statement._source.Measures.Select(m => new MeasureMeter(m))];

        private readonly int[] _byOf = [.. statement._source.Measures.Select(m =>
            m.ByColumn is null ? -1 : statement._source.ByColumns.ToList().IndexOf(m.ByColumn))];

        private readonly (int Start, int Length)[] _values = new (int, int)[statement._by.Count];

        private readonly (Int128 Quantity, long Events)[] _sums = new (Int128, long)[statement._quantities.Count];

        private readonly bool _isItemPadded = statement._item.Kind == SourceColumnKind.FixedText;

        private readonly bool _isPayeePadded = statement._payee?.Kind == SourceColumnKind.FixedText;

        private byte[] _by = new byte[256];

        /// <summary>Gets the invalid group, after a <see cref="BadRowException"/>; null when the bytes were no group.</summary>
        public BadGroup? Bad { get; private set; }

        public bool TryRead(ref RowCursor row)
        {
            var item = Trim(row.Text(), _isItemPadded);
            var payee = Trim(row.Text(), _isPayeePadded);
            ReadValues(ref row);
            var rows = (long)row.UInt64();
            for (var i = 0; i < _sums.Length; i++)
            {
                if (statement._quantities[i] is null)
                {
                    _sums[i] = (rows, rows);
                    continue;
                }

                _sums[i] = (Quantity(ref row), (long)row.UInt64());
                row.UInt64();
            }

            if (row.IsIncomplete)
                return false;
            if (!IsId(item))
                throw Invalid(BadPart.Item, item, item, payee);
            if (!IsId(payee))
                throw Invalid(BadPart.Payee, payee, item, payee);
            Add(item, payee, rows);
            return true;
        }

        private void Add(ReadOnlySpan<byte> item, ReadOnlySpan<byte> payee, long rows)
        {
            sums.Rows += rows;
            for (var i = 0; i < _sums.Length; i++)
            {
                var (quantity, events) = _sums[i];
                if (events == 0)
                    continue;
                ReadOnlySpan<byte> value = _byOf[i] < 0 ? default : _by.AsSpan(_values[_byOf[i]].Start, _values[_byOf[i]].Length);
                if (!_meters[i].TryFind(value, out var meter))
                    throw Invalid(BadPart.By, value, item, payee, i);
                sums.Quantities[i] += quantity;
                sums.Events[i] += events;
                totals.AddSum(meter, item, payee, 0, quantity, events);
            }
        }

        /// <summary>Copies the values that select meters.</summary>
        private void ReadValues(ref RowCursor row)
        {
            var length = 0;
            for (var i = 0; i < _values.Length; i++)
            {
                var value = Trim(row.Text(), statement._by[i].Kind == SourceColumnKind.FixedText);
                if (length + value.Length > _by.Length)
                    Array.Resize(ref _by, 2 * (length + value.Length));
                value.CopyTo(_by.AsSpan(length));
                _values[i] = (length, value.Length);
                length += value.Length;
            }
        }

        private BadRowException Invalid(
            BadPart part, ReadOnlySpan<byte> value, ReadOnlySpan<byte> item, ReadOnlySpan<byte> payee, int measure = 0)
        {
            Bad = new BadGroup(part, value.ToArray(), item.ToArray(), payee.ToArray(), measure);
            return new BadRowException();
        }

        private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value, bool isPadded) => isPadded ? value.TrimEnd((byte)0) : value;

        private static bool IsId(ReadOnlySpan<byte> id) => !id.IsEmpty && id.Length <= 4 * UsageEvent.TextLengthMax && Utf8.IsValid(id)
            && (id.Length <= UsageEvent.TextLengthMax || CodePoints.Count(id) <= UsageEvent.TextLengthMax);
    }
}

/// <summary>The part of a group that is invalid.</summary>
internal enum BadPart
{
    /// <summary>The item.</summary>
    Item,

    /// <summary>The payee.</summary>
    Payee,

    /// <summary>The value that selects a meter.</summary>
    By,
}

/// <summary>A group with an invalid text.</summary>
/// <param name="Part">What is invalid.</param>
/// <param name="Value">Its bytes.</param>
/// <param name="Item">The bytes of the item.</param>
/// <param name="Payee">The bytes of the payee.</param>
/// <param name="Measure">The number of the measure whose value is invalid.</param>
internal sealed record BadGroup(BadPart Part, byte[] Value, byte[] Item, byte[] Payee, int Measure);
