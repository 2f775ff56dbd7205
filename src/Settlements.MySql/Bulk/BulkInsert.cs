using System.Globalization;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Inserts many rows in the caller's transaction: by LOAD DATA LOCAL from memory, or by INSERT statements if the server refuses that.
/// </summary>
internal sealed class BulkInsert(ServerCheck server, string location, TimeSpan timeout)
{
    /// <summary>"Loading local data is disabled" of MySQL and of MariaDB, and "The used command is not allowed" of both.</summary>
    private static readonly int[] LocalInfileRefusedNumbers = [3948, 4166, 1148];

    /// <summary>Inserts rows. An error of strict mode becomes a warning here, so the caller checks the result.</summary>
    public Task<BulkResult> WriteAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, OnDuplicate onDuplicate, IRowSource rows,
        CancellationToken cancellationToken) =>
            WriteAsync(connection, transaction, table, onDuplicate, rows, useInsert: false, cancellationToken);

    /// <summary>
    /// Inserts rows by INSERT statements: for few rows, for which LOAD DATA would cost two more round trips than it saves.
    /// </summary>
    public Task<BulkResult> WriteByInsertAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, OnDuplicate onDuplicate, IRowSource rows,
        CancellationToken cancellationToken) =>
            WriteAsync(connection, transaction, table, onDuplicate, rows, useInsert: true, cancellationToken);

    private async Task<BulkResult> WriteAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, OnDuplicate onDuplicate, IRowSource rows,
        bool useInsert,
        CancellationToken cancellationToken)
    {
        if (server.AllowsLocalInfile && !useInsert)
        {
            try
            {
                rows.Reset();
                return await LoadDataAsync(connection, transaction, table, onDuplicate, rows, cancellationToken).ConfigureAwait(false);
            }
            catch (MySqlException e) when (LocalInfileRefusedNumbers.Contains(e.Number))
            {
                server.DisableLocalInfile(location);
            }
        }

        rows.Reset();
        return await InsertStatements.WriteAsync(
            connection, transaction, table, onDuplicate, rows, server.PacketBytesMax, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Inserts rows that are all new and valid; throws otherwise.</summary>
    public Task WriteAllAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, IRowSource rows, long count,
        CancellationToken cancellationToken) =>
        WriteAllAsync(connection, transaction, table, rows, count, useInsert: false, cancellationToken);

    /// <summary>Inserts rows that are all new and valid, optionally by INSERT statements only; throws otherwise.</summary>
    public async Task WriteAllAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, IRowSource rows, long count, bool useInsert,
        CancellationToken cancellationToken)
    {
        if (count == 0)
            return;
        var result = await WriteAsync(connection, transaction, table, OnDuplicate.Skip, rows, useInsert, cancellationToken)
            .ConfigureAwait(false);
        if (result.Affected != count || result.Warnings != 0)
        {
            var first = await WarningList.FirstAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            throw new MySqlStoreException(string.Create(
                CultureInfo.InvariantCulture,
                $"{location}: {result.Affected} of {count} rows were stored in table {table.Name}, with {result.Warnings} warnings. "
                + $"{first} The transaction is rolled back. The table was changed manually, or by another version of Settlement."),
                    isTransient: false);
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
            ConflictOption = onDuplicate == OnDuplicate.Replace
                ? MySqlBulkLoaderConflictOption.Replace : MySqlBulkLoaderConflictOption.Ignore,
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
                loader.Expressions.Add(
                    $"{Sql.Name(column.Name)} = {string.Format(CultureInfo.InvariantCulture, column.Expression, variable)}");
        }

        var affected = await loader.LoadAsync(cancellationToken).ConfigureAwait(false);
        return new BulkResult(affected, await WarningList.CountAsync(connection, transaction, cancellationToken).ConfigureAwait(false));
    }
}
