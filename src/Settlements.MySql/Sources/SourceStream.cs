using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Streams the rows of an application's table and sums them in memory, all meters in one pass.</summary>
internal static class SourceStream
{
    public static Task<long> SumAsync(
        MySqlConnection connection, SourceTable table, EventRows rows, SourceSlice slice, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        var item = table.Column(table.Source.ItemColumn);
        var payee = table.Payee;
        return IsText(item)
            ? WithItem(new TextKey(item))
            : WithItem(Number(item));

        Task<long> WithItem<TItem>(ISourceKey<TItem> items)
            where TItem : IEquatable<TItem> => IsText(payee)
            ? RunAsync(connection, table, rows, slice, items, new TextKey(payee), totals, cancellationToken)
            : RunAsync(connection, table, rows, slice, items, Number(payee), totals, cancellationToken);
    }

    private static bool IsText(SourceColumn column) => column.Kind is SourceColumnKind.Text or SourceColumnKind.Bytes;

    private static ISourceKey<Int128> Number(SourceColumn column) => column.Kind == SourceColumnKind.Uuid
        ? new UuidKey(column) : new IntegerKey(column);

    private static async Task<long> RunAsync<TItem, TPayee>(
        MySqlConnection connection, SourceTable table, EventRows rows, SourceSlice slice, ISourceKey<TItem> items,
        ISourceKey<TPayee> payees, SumAccumulator totals, CancellationToken cancellationToken)
        where TItem : IEquatable<TItem>
        where TPayee : IEquatable<TPayee>
    {
        var quantities = table.Source.Measures.Select(m => m.QuantityColumn is { } column ? table.Column(column).Sql : "1");
        var values = new ValueKey(table.ByColumns);
        var sums = new SourceSums<TItem, TPayee>(table, items, payees, values);
        var command = rows.Select(
            connection, string.Join(", ", [items.Expression, payees.Expression, .. quantities, .. values.Expressions]), slice);
        await using var _ = command.ConfigureAwait(false);
        try
        {
            var count = await SourceErrors.ReadAsync(table.Source, () => RowStream.ReadAsync(command, sums, cancellationToken))
                .ConfigureAwait(false);
            sums.AddTo(totals, new MeasureMeters(table.Source, values));
            return count;
        }
        catch (BadRowException)
        {
            throw await BadRow.FindAsync(connection, table, rows, slice, cancellationToken).ConfigureAwait(false);
        }
    }
}
