using System.Data.Common;

namespace Settlements.MySql;

/// <summary>The rows of a database reader. Columns that its driver converts are refused: see <see cref="DriverValues"/>.</summary>
internal sealed class ReaderRows : IRowReader
{
    private readonly DbDataReader _reader;
    private readonly bool _isOfMySql;

    public ReaderRows(DbDataReader reader)
    {
        _reader = reader;
        _isOfMySql = DriverValues.IsOfMySql(reader);
        Columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        if (_isOfMySql)
            DriverValues.RequireUnchanged(reader);
    }

    public IReadOnlyList<string> Columns { get; }

    public async ValueTask<bool> FillAsync(EncodedChunk chunk, CancellationToken cancellationToken)
    {
        while (!chunk.IsFull)
        {
            if (!await _reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                return false;
            FieldRow.Add(
                chunk, new RowPosition(chunk.NextNumber, null), _reader,
                static (row, reader, column, i, isOfMySql) => Write(row, reader, column, i, isOfMySql), _isOfMySql);
        }

        return true;
    }

    /// <summary>Does nothing: the caller disposes the reader.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? Write(RowBuffer row, DbDataReader reader, TableColumn column, int ordinal, bool isOfMySql)
    {
        if (reader.IsDBNull(ordinal))
            return FieldEncoder.Write<object?>(row, null, column);
        var value = reader.GetValue(ordinal);
        if (isOfMySql && value is DateTime instant)
            DriverValues.RequireUnchanged(instant, reader.GetName(ordinal));
        return FieldEncoder.Write(row, value, column);
    }
}
