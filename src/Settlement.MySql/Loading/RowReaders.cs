using System.Data.Common;
using System.Globalization;
using Settlement.Loading;
using Settlement.MySql.Connections;
using Sylvan.Data.Csv;

namespace Settlement.MySql.Loading;

/// <summary>Where a load's rows come from. Used by one task.</summary>
internal interface IRowReader : IAsyncDisposable
{
    /// <summary>The names of the columns, in the order of the fields.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>Rows before the first, which are counted in the numbers of rows: a file's header.</summary>
    int HeaderRows { get; }

    /// <summary>Adds rows to a chunk, up to a number.</summary>
    /// <returns>Whether there may be more.</returns>
    Task<bool> FillAsync(EncodedChunk chunk, TargetTable table, int rows, CancellationToken cancellationToken);
}

/// <summary>Values of the host's own type.</summary>
internal sealed class TypedRows<T>(IAsyncEnumerable<T> rows, TableMap<T> map) : IRowReader
{
    private IAsyncEnumerator<T>? _rows;

    public IReadOnlyList<string> Columns => map.Names;

    public int HeaderRows => 0;

    public async Task<bool> FillAsync(EncodedChunk chunk, TargetTable table, int count, CancellationToken cancellationToken)
    {
        _rows ??= rows.GetAsyncEnumerator(cancellationToken);
        while (chunk.RowCount < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await _rows.MoveNextAsync().ConfigureAwait(false))
                return false;
            FieldRow.Add(chunk, table, chunk.NextNumber, _rows.Current, static (row, current, column, i, m) => m.Fields[i](row, current, column), map);
        }

        return true;
    }

    public ValueTask DisposeAsync() => _rows?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>The rows of a reader, of whatever database or file.</summary>
internal sealed class ReaderRows(DbDataReader reader) : IRowReader
{
    private readonly CsvDataReader? _csv = reader as CsvDataReader;

    public IReadOnlyList<string> Columns { get; } = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];

    public int HeaderRows => _csv is null ? 0 : 1;

    public async Task<bool> FillAsync(EncodedChunk chunk, TargetTable table, int count, CancellationToken cancellationToken)
    {
        while (chunk.RowCount < count)
        {
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                return false;
            var number = chunk.NextNumber + HeaderRows;
            if (_csv is not null && _csv.RowFieldCount != _csv.FieldCount)
            {
                chunk.Reject(new RejectedRow(number, null, string.Create(
                    CultureInfo.InvariantCulture, $"The row has {_csv.RowFieldCount} columns instead of {_csv.FieldCount}. Put a text that holds a comma in quotes."), RawText.Of(_csv)));
                continue;
            }

            FieldRow.Add(chunk, table, number, reader, static (row, current, column, i, isCsv) => Write(row, current, column, i, isCsv), _csv is not null);
        }

        return true;
    }

    /// <summary>The reader stays its owner's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? Write(RowBuffer row, DbDataReader reader, TableColumn column, int ordinal, bool emptyIsNull)
    {
        if (!reader.IsDBNull(ordinal))
        {
            var value = reader.GetValue(ordinal);
            if (!(emptyIsNull && column.IsNullable && value is ""))
                return FieldEncoder.Write(row, value, column);
        }

        return FieldEncoder.Write<object?>(row, null, column);
    }
}

/// <summary>Adds a row to a chunk field by field.</summary>
internal static class FieldRow
{
    public delegate string? WriteField<TRow, TState>(RowBuffer fields, TRow row, TableColumn column, int index, TState state);

    public static void Add<TRow, TState>(
        EncodedChunk chunk, TargetTable table, long number, TRow row, WriteField<TRow, TState> write, TState state)
    {
        for (var i = 0; i < table.Columns.Count; i++)
        {
            string? reason;
            try
            {
                reason = write(chunk.Rows, row, table.Columns[i], i, state);
            }
            catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
            {
                // A reader's own conversion, of a decimal beyond System.Decimal for example.
                reason = $"The value can't be read: {e.Message}";
            }

            if (reason is not null)
            {
                chunk.Reject(new RejectedRow(number, table.Columns[i].Name, reason, RawText.Of(row)));
                return;
            }
        }

        chunk.EndRow(number);
    }
}
