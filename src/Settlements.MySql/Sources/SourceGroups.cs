using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Groups and sums the rows of an application's table on the server: for few items over a slow connection.</summary>
internal static class SourceGroups
{
    public static async Task<long> SumAsync(
        MySqlConnection connection, SourceTable table, EventRows rows, SourceSlice slice, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        var source = table.Source;
        var items = new GroupKey(table.Column(source.ItemColumn));
        var payees = new GroupKey(table.Payee);

        // For each sum also the number of rows that count, and whether a row has an invalid value.
        List<string> sums = [.. source.Measures.Select(m => m.QuantityColumn is { } column && table.Column(column).Sql is var quantity
            ? $"sum({quantity}), sum({quantity} <> 0), "
                + FormattableString.Invariant($"max({quantity} IS NULL OR {quantity} > {long.MaxValue})")
            : "CAST(count(*) AS DECIMAL(20)), CAST(count(*) AS DECIMAL(20)), 0")];
        var values = new ValueKey(table.ByColumns);
        List<string> keys = [items.Expression, payees.Expression, .. values.Expressions];
        var command = rows.Select(
            connection, string.Join(", ", [.. keys, "count(*)", .. sums]), slice,
            $"GROUP BY {string.Join(", ", keys.Select((_, i) => (i + 1).ToString(CultureInfo.InvariantCulture)))}");
        await using var _ = command.ConfigureAwait(false);
        var groups = new GroupRow(items, payees, values, new MeasureMeters(source, values), keys.Count, totals);
        try
        {
            await SourceErrors.ReadAsync(source, () => RowStream.ReadAsync(command, groups, cancellationToken)).ConfigureAwait(false);
            await groups.Controls.RequireEqualAsync(connection, source, rows, slice, sums, cancellationToken).ConfigureAwait(false);
            return groups.Controls.Rows;
        }
        catch (BadRowException)
        {
            throw await BadRow.FindAsync(connection, table, rows, slice, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a key by the typed reader for its column.</summary>
    private sealed class GroupKey(SourceColumn column)
    {
        private readonly TextKey? _text = column.Kind is SourceColumnKind.Text or SourceColumnKind.Bytes ? new TextKey(column) : null;
        private readonly ISourceKey<Int128> _number = column.Kind == SourceColumnKind.Uuid ? new UuidKey(column) : new IntegerKey(column);

        public string Expression => _text?.Expression ?? _number.Expression;

        public bool TryRead(MySqlDataReader reader, int ordinal, out ReadOnlySpan<byte> text)
        {
            text = default;
            if (reader.IsDBNull(ordinal))
                return false;
            if (_text is not null)
            {
                var isText = _text.TryRead(reader, ordinal, out var number);
                text = isText ? _text.Text(number) : default;
                return isText;
            }

            var isId = _number.TryRead(reader, ordinal, out var key);
            text = _number.Text(key);
            return isId;
        }
    }

    private sealed class GroupRow(
        GroupKey items, GroupKey payees, ValueKey values, MeasureMeters meters, int keys, SumAccumulator totals) : IRowHandler
    {
        /// <summary>The totals of all groups.</summary>
        public GroupTotals Controls { get; } = new(meters.Count);

        public void OnRow(MySqlDataReader reader)
        {
            if (!items.TryRead(reader, 0, out var item) || !payees.TryRead(reader, 1, out var payee))
                throw new BadRowException();
            var combination = values.Read(reader, 2);
            Controls.Rows += reader.GetInt64(keys);
            for (var i = 0; i < meters.Count; i++)
            {
                var column = keys + 1 + i * 3;
                if (reader.GetInt64(column + 2) != 0)
                    throw new BadRowException();
                if (reader.IsDBNull(column + 1) || (long)reader.GetDecimal(column + 1) is not (> 0 and var events))
                    continue;
                var quantity = (Int128)reader.GetDecimal(column);
                totals.AddSum(meters.Find(i, combination), item, payee, 0, quantity, events);
                Controls.Add(i, quantity, events);
            }
        }
    }
}
