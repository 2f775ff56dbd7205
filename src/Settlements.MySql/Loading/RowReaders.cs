namespace Settlements.MySql;

/// <summary>A source of a load's rows.</summary>
internal interface IRowReader : ILoadSource<EncodedChunk>
{
    /// <summary>The names of the columns, in the order of the fields.</summary>
    IReadOnlyList<string> Columns { get; }
}

/// <summary>Rows of an application's type.</summary>
internal sealed class TypedRows<T>(IAsyncEnumerable<T> rows, TableMap<T> map) : IRowReader
{
    private IAsyncEnumerator<T>? _rows;

    public IReadOnlyList<string> Columns => map.Names;

    public async ValueTask<bool> FillAsync(EncodedChunk chunk, CancellationToken cancellationToken)
    {
        _rows ??= rows.GetAsyncEnumerator(cancellationToken);
        while (!chunk.IsFull)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await _rows.MoveNextAsync().ConfigureAwait(false))
                return false;
            FieldRow.Add(
                chunk, new RowPosition(chunk.NextNumber, null), _rows.Current,
                static (row, current, column, i, m) => m.Fields[i](row, current, column), map);
        }

        return true;
    }

    public ValueTask DisposeAsync() => _rows?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Adds a row to a chunk field by field.</summary>
internal static class FieldRow
{
    public delegate string? WriteField<TRow, TState>(RowBuffer fields, TRow row, TableColumn column, int index, TState state);

    public static void Add<TRow, TState>(EncodedChunk chunk, RowPosition position, TRow row, WriteField<TRow, TState> write, TState state)
    {
        var columns = chunk.Table.Columns;
        for (var i = 0; i < columns.Count; i++)
        {
            string? reason;
            try
            {
                reason = write(chunk.Rows, row, columns[i], i, state);
            }
            catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
            {
                // A conversion of the reader failed, for example of a number beyond System.Decimal.
                reason = $"The value can't be read: {e.Message}";
            }

            if (reason is not null)
            {
                chunk.Reject(position.Rejected(columns[i].Name, reason, RawText.Of(row)));
                return;
            }
        }

        chunk.EndRow(position);
    }
}
