using Settlements.Stores;

namespace Settlements.ClickHouse;

/// <summary>Divides a day by instants, from the number of rows in each of its minutes, which one statement counts.</summary>
internal static class SlicePlan
{
    private static readonly TimeSpan Part = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<SourceSlice>> FindAsync(
        IStatements statements, SourceSql sql, UtcRange range, long rowsMax, CancellationToken cancellationToken)
    {
        var counts = new Counts();
        var start = sql.InstantOfTable.From(range.Start);
        var width = sql.InstantOfTable.From(range.Start + Part) - start;
        var part = $"intDiv(toInt64({sql.InstantOfTable.Units}) - {Sql.Number(start)}, {Sql.Number(width)})";
        await statements.ReadAsync(
            $"SELECT toInt64({part}), toUInt64(count()) {sql.RowsOfTable(range)} GROUP BY {part}", counts, cancellationToken)
            .ConfigureAwait(false);
        return Cut(counts.Rows, rowsMax, part => SliceValue.Of(range.Start + Part * part));
    }

    /// <summary>
    /// Joins neighbouring parts up to a number of rows. The outer ends are unbounded, so that rows that arrive later are included.
    /// </summary>
    internal static IReadOnlyList<SourceSlice> Cut(SortedDictionary<long, long> parts, long rowsMax, Func<long, SliceValue> bound)
    {
        var starts = new List<long>();
        var rows = 0L;
        foreach (var (part, count) in parts)
        {
            if (starts.Count == 0 || rows + count > rowsMax)
            {
                starts.Add(part);
                rows = 0;
            }

            rows += count;
        }

        return [.. starts.Select((first, i) => new SourceSlice(
            i == 0 ? null : [bound(first)], i == starts.Count - 1 ? null : [bound(starts[i + 1])]))];
    }

    private sealed class Counts : IRowReader
    {
        public SortedDictionary<long, long> Rows { get; } = [];

        public bool TryRead(ref RowCursor row)
        {
            var (part, rows) = (row.Int64(), (long)row.UInt64());
            if (row.IsIncomplete)
                return false;
            Rows[part] = Rows.GetValueOrDefault(part) + rows;
            return true;
        }
    }
}
