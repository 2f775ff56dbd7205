namespace Settlements.MySql;

/// <summary>Rows on their way into a table, in the order of its columns. Used by one task at a time.</summary>
internal interface IRowSource
{
    /// <summary>Starts again with the first row: a fault of the server may ask for it.</summary>
    void Reset();

    /// <summary>Writes the next row, with its end.</summary>
    /// <returns>Whether there was one.</returns>
    bool TryWrite(RowBuffer rows);
}

/// <summary>The rows of a list.</summary>
internal sealed class ListRows<T>(IReadOnlyList<T> items, Action<RowBuffer, T> write) : IRowSource
{
    private int _next;

    public void Reset() => _next = 0;

    public bool TryWrite(RowBuffer rows)
    {
        if (_next == items.Count)
            return false;
        write(rows, items[_next++]);
        rows.EndRow();
        return true;
    }
}
