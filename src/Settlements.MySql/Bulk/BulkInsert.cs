using System.Globalization;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Writes many rows in the caller's transaction: by LOAD DATA LOCAL from memory, or by INSERT statements where the server refuses that.</summary>
internal sealed class BulkInsert(ServerCheck server, string place, TimeSpan timeout)
{
    /// <summary>"Loading local data is disabled" of MySQL and of MariaDB, and "The used command is not allowed" of both.</summary>
    private static readonly int[] LocalInfileRefused = [3948, 4166, 1148];

    /// <summary>Writes the rows. What the server would refuse in strict mode is a warning here: the caller looks at the result.</summary>
    public Task<BulkResult> WriteAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, OnDuplicate onDuplicate, IRowSource rows,
        CancellationToken cancellationToken) => WriteAsync(connection, transaction, table, onDuplicate, rows, areFew: false, cancellationToken);

    /// <summary>The same for rows that fit into one statement: a stream of its own would cost two more round trips than it saves.</summary>
    public Task<BulkResult> WriteFewAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, OnDuplicate onDuplicate, IRowSource rows,
        CancellationToken cancellationToken) => WriteAsync(connection, transaction, table, onDuplicate, rows, areFew: true, cancellationToken);

    private async Task<BulkResult> WriteAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, OnDuplicate onDuplicate, IRowSource rows, bool areFew,
        CancellationToken cancellationToken)
    {
        if (server.AllowsLocalInfile && !areFew)
        {
            try
            {
                rows.Reset();
                return await LoadDataAsync(connection, transaction, table, onDuplicate, rows, cancellationToken).ConfigureAwait(false);
            }
            catch (MySqlException e) when (LocalInfileRefused.Contains(e.Number))
            {
                server.LocalInfileRefused(place);
            }
        }

        rows.Reset();
        return await InsertStatements.WriteAsync(connection, transaction, table, onDuplicate, rows, server.PacketBytesMax, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Writes rows that are known to be new and to fit: anything else is an error.</summary>
    public Task WriteAllAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, IRowSource rows, long count, CancellationToken cancellationToken) =>
        WriteAllAsync(connection, transaction, table, rows, count, areFew: false, cancellationToken);

    /// <summary>The same, by INSERT statements only where they are few.</summary>
    public async Task WriteAllAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, IRowSource rows, long count, bool areFew,
        CancellationToken cancellationToken)
    {
        if (count == 0)
            return;
        var result = await WriteAsync(connection, transaction, table, OnDuplicate.Skip, rows, areFew, cancellationToken).ConfigureAwait(false);
        if (result.Affected != count || result.Warnings != 0)
        {
            var first = await WarningList.FirstAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            throw new MySqlStoreException(string.Create(
                CultureInfo.InvariantCulture,
                $"{place}: of {count} rows for table {table.Name}, {result.Affected} were stored, with {result.Warnings} warnings. {first} "
                + $"Nothing of them is kept. The table was changed by hand, or by another version of Settlement."), isTransient: false);
        }
    }

    private async Task<BulkResult> LoadDataAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, OnDuplicate onDuplicate, IRowSource rows,
        CancellationToken cancellationToken)
    {
        var stream = new InfileStream(rows, cancellationToken);
        await using var _ = stream.ConfigureAwait(false);
        var loader = new MySqlBulkLoader(connection)
        {
            TableName = table.Text,
            CharacterSet = "binary",
            ConflictOption = onDuplicate == OnDuplicate.Replace ? MySqlBulkLoaderConflictOption.Replace : MySqlBulkLoaderConflictOption.Ignore,
            EscapeCharacter = '\\',
            FieldTerminator = "\t",
            LineTerminator = "\n",
            Local = true,
            SourceStream = stream,
            Timeout = (int)timeout.TotalSeconds,
        };
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var column = table.Columns[i];
            if (column.Constant is not null)
            {
                loader.Expressions.Add($"{Sql.Name(column.Name)} = {column.Constant}");
                continue;
            }

            var variable = string.Create(CultureInfo.InvariantCulture, $"@c{i}");
            loader.Columns.Add(column.Expression is null ? Sql.Name(column.Name) : variable);
            if (column.Expression is not null)
                loader.Expressions.Add($"{Sql.Name(column.Name)} = {string.Format(CultureInfo.InvariantCulture, column.Expression, variable)}");
        }

        var affected = await loader.LoadAsync(cancellationToken).ConfigureAwait(false);
        return new BulkResult(affected, await WarningList.CountAsync(connection, transaction, cancellationToken).ConfigureAwait(false));
    }
}
