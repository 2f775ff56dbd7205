using System.Globalization;
using System.Text;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Rows of the table load_rejects: the rejected rows of committed chunks, each recorded in the transaction of its chunk, so that a
/// restarted load reports those of the complete load, including the ones that only the server detected.
/// </summary>
internal static class RecordedRejects
{
    /// <summary>The same table as in the store's schema, which the loader doesn't require.</summary>
    public const string Create = """
        CREATE TABLE IF NOT EXISTS load_rejects (
            load_key VARBINARY(256) NOT NULL, source_row BIGINT NOT NULL, source_line BIGINT NULL, first_row BIGINT NOT NULL,
                column_name VARBINARY(256) NULL,
            reason LONGBLOB NOT NULL, raw_text LONGBLOB NOT NULL, PRIMARY KEY (load_key, source_row), KEY load_rejects_by_chunk (load_key,
                first_row)
        ) ENGINE = InnoDB
        """;

    /// <summary>The maximum rows of a statement: at most 5 KB each, far below max_allowed_packet.</summary>
    private const int RowsMax = 200;

    public static async Task AddAsync(
        MySqlConnection connection, MySqlTransaction transaction, string key, EncodedChunk chunk, IReadOnlyList<RejectedRow> rows)
    {
        foreach (var some in rows.Chunk(RowsMax))
        {
            var command = new MySqlCommand { Connection = connection, Transaction = transaction };
            await using var _ = command.ConfigureAwait(false);
            var text = new StringBuilder(
                "INSERT INTO load_rejects (load_key, first_row, source_row, source_line, column_name, reason, raw_text) VALUES ");
            command.Parameters.AddWithValue("@key", Encoding.UTF8.GetBytes(key));
            command.Parameters.AddWithValue("@first", chunk.FirstRow);
            for (var i = 0; i < some.Length; i++)
            {
                var n = i.ToString(CultureInfo.InvariantCulture);
                text.Append(CultureInfo.InvariantCulture,
                    $"{(i == 0 ? "" : ", ")}(@key, @first, @row{n}, @line{n}, @column{n}, @reason{n}, @raw{n})");
                command.Parameters.AddWithValue($"@row{n}", some[i].RowNumber);
                command.Parameters.AddWithValue($"@line{n}", some[i].LineNumber);
                command.Parameters.AddWithValue($"@column{n}", some[i].Column is { } column ? Encoding.UTF8.GetBytes(column) : null);
                command.Parameters.AddWithValue($"@reason{n}", Encoding.UTF8.GetBytes(some[i].Reason));
                command.Parameters.AddWithValue($"@raw{n}", Encoding.UTF8.GetBytes(some[i].Raw));
            }

#pragma warning disable CA2100 // parameter names only
            command.CommandText = text.ToString();
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the rejected rows of a chunk, in the order of the rows.</summary>
    public static async Task<List<RejectedRow>> ReadAsync(
        MySqlConnection connection, MySqlTransaction? transaction, string key, long firstRow, CancellationToken cancellationToken)
    {
        var command = new MySqlCommand(
            "SELECT source_row, source_line, column_name, reason, raw_text FROM load_rejects WHERE load_key = @key AND first_row = "
                + "@first ORDER BY source_row",
            connection, transaction);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.AddWithValue("@key", Encoding.UTF8.GetBytes(key));
        command.Parameters.AddWithValue("@first", firstRow);
        var rows = new List<RejectedRow>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(new RejectedRow(reader.GetInt64(0), reader.IsDBNull(2) ? null : Text(2), Text(3), Text(4))
            {
                LineNumber = reader.IsDBNull(1) ? null : reader.GetInt64(1),
            });
        }

        return rows;

        string Text(int column) => Encoding.UTF8.GetString((byte[])reader.GetValue(column));
    }
}
