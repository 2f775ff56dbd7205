using System.Runtime.CompilerServices;

namespace Settlements.MySql;

/// <summary>A source of rows for a bulk insert, in the order of the columns. Not thread-safe.</summary>
internal interface IRowSource
{
    /// <summary>Restarts with the first row, for a second attempt after an error.</summary>
    void Reset();

    /// <summary>Writes the next row, including its terminator.</summary>
    /// <returns>False if there is no further row.</returns>
    bool TryWrite(RowBuffer rows);
}

/// <summary>The rows of a list.</summary>
internal sealed class ListRows<T>(IReadOnlyList<T> items, Action<RowBuffer, T> write) : IRowSource
{
    private int _next;

    public void Reset() => _next = 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryWrite(RowBuffer rows)
    {
        if (_next == items.Count)
            return false;
        write(rows, items[_next++]);
        rows.EndRow();
        return true;
    }
}
