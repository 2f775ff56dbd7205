using System.Globalization;
using System.Text;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Inserts rows by INSERT statements of many rows, limited in rows and bytes.</summary>
internal static class InsertStatements
{
    /// <summary>The maximum number of rows of a statement.</summary>
    private const int RowsMax = 1_000;

    /// <summary>
    /// The maximum size of a statement's encoded rows, in bytes; the statement may be three times as long if all columns are binary.
    /// </summary>
    private const int BytesMax = 1 << 20;

    public static async Task<BulkResult> WriteAsync(
        MySqlConnection connection, MySqlTransaction? transaction, BulkTable table, OnDuplicate onDuplicate, IRowSource source,
        long packetBytesMax, CancellationToken cancellationToken)
    {
        var verb = onDuplicate switch
        {
            OnDuplicate.Replace => "REPLACE",
            OnDuplicate.Update => "INSERT",
            _ => "INSERT IGNORE",
        };
        var head = $"{verb} INTO {table.Text} ({Sql.Names(table.Columns.Select(c => c.Name))}) VALUES ";
        var tail = onDuplicate == OnDuplicate.Update ? $" ON DUPLICATE KEY UPDATE {table.Update}" : "";
        var bytesMax = (int)Math.Min(BytesMax, packetBytesMax / 4);
        var rows = new RowBuffer();
        var (affected, warnings) = (0L, 0L);
        for (var more = true; more;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Clear();
            var count = 0;
            while (count < RowsMax && rows.Length < bytesMax && (more = source.TryWrite(rows)))
                count++;
            if (count == 0)
                break;

            var command = connection.CreateCommand();
            await using var _ = command.ConfigureAwait(false);
            command.Transaction = transaction;
#pragma warning disable CA2100 // names are quoted, values are escaped
            command.CommandText = Text(head, table, rows.Bytes) + tail + "; " + WarningList.CountText;
#pragma warning restore CA2100
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                warnings += reader.GetInt64(0);
            affected += reader.RecordsAffected;
        }

        return new BulkResult(affected, warnings);
    }

    /// <summary>A field's escapes are valid in a literal too; in addition, quotes are escaped.</summary>
    private static string Text(string head, BulkTable table, ReadOnlySpan<byte> rows)
    {
        var text = new StringBuilder(head, head.Length + rows.Length * 2);
        var last = table.Columns.Select((column, i) => column.Constant is null ? i : -1).Max();
        while (!rows.IsEmpty)
        {
            text.Append('(');
            for (var i = 0; i < table.Columns.Count; i++)
            {
                text.Append(i == 0 ? "" : ",");
                if (table.Columns[i].Constant is { } constant)
                {
                    text.Append(constant);
                    continue;
                }

                var end = rows.IndexOf(i == last ? (byte)'\n' : (byte)'\t');
                var literal = Literal(rows[..end], table.Columns[i].IsBinary);
                if (table.Columns[i].Expression is { } expression)
                    text.AppendFormat(CultureInfo.InvariantCulture, expression, literal);
                else
                    text.Append(literal);
                rows = rows[(end + 1)..];
            }

            text.Append("),");
        }

        return text.ToString(0, text.Length - 1);
    }

    private static string Literal(ReadOnlySpan<byte> field, bool isBinary)
    {
        if (field.SequenceEqual("\\N"u8))
            return "NULL";
        if (isBinary)
            return $"X'{Convert.ToHexString(Unescaped(field))}'";
        return $"'{Encoding.UTF8.GetString(field).Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static byte[] Unescaped(ReadOnlySpan<byte> field)
    {
        var bytes = new List<byte>(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            bytes.Add(field[i] != '\\' ? field[i] : field[++i] switch
            {
                (byte)'0' => (byte)0,
                (byte)'t' => (byte)'\t',
                (byte)'n' => (byte)'\n',
                var other => other,
            });
        }

        return [.. bytes];
    }
}
