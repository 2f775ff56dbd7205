using System.Diagnostics;
using System.Globalization;
using System.Text;
using MySqlConnector;

namespace Settlements.Benchmarks;

/// <summary>Hand-written code for the same rows and table. Each method returns the number of stored rows.</summary>
internal static class MySqlPeers
{
    private const int RowsPerStatement = 1_000;
    private const int RowsPerTransaction = 100_000;

    /// <summary>
    /// The slowest peer stops at the first of these limits; its rows per second are assumed not to depend on the number of rows.
    /// </summary>
    private const int SingleRowsMax = 100_000;

    /// <summary>Enough rows to measure the speed, which decreases with more rows.</summary>
    private const int ManyRowsMax = 10_000_000;

    private static readonly string[] ParameterNames = ["@at", "@id", "@meter", "@item", "@payee", "@quantity"];

    private static readonly TimeSpan SingleRowsTimeMax = TimeSpan.FromSeconds(20);

    /// <summary>Uses the driver's bulk copy with a single stream.</summary>
    public static async Task<long> BulkCopyAsync(string connectionString, MySqlWorkload workload)
    {
        await using var connection = await OpenAsync($"{connectionString};AllowLoadLocalInfile=True");
        await using var reader = new MySqlWorkloadReader(workload);
        var copy = new MySqlBulkCopy(connection) { DestinationTableName = "usage_events", BulkCopyTimeout = 0 };
        copy.ColumnMappings.Add(new(0, "occurred_at"));
        copy.ColumnMappings.Add(new(1, "event_id"));

        // Texts for binary columns: by default the copy sends hexadecimal digits, which is slower.
        copy.ColumnMappings.Add(new(2, "@meter", "meter = @meter"));
        copy.ColumnMappings.Add(new(3, "@item", "item_id = @item"));
        copy.ColumnMappings.Add(new(4, "@payee", "payee_id = @payee"));
        copy.ColumnMappings.Add(new(5, "quantity"));
        return (await copy.WriteToServerAsync(reader)).RowsInserted;
    }

    /// <summary>Uses INSERT with 1,000 rows per statement and 100,000 rows per transaction.</summary>
    public static async Task<long> InsertManyAsync(string connectionString, MySqlWorkload workload)
    {
        await using var connection = await OpenAsync(connectionString);
        var (items, payees) = workload.Names();
        var text = new StringBuilder();
        await using var command = connection.CreateCommand();
        var events = Math.Min(workload.Events, ManyRowsMax);
        for (var first = 0; first < events; first += RowsPerTransaction)
        {
            var end = Math.Min(events, first + RowsPerTransaction);
            await using var transaction = await connection.BeginTransactionAsync();
            command.Transaction = transaction;
            for (var i = first; i < end; i += RowsPerStatement)
            {
                text.Clear().Append("INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES ");
                for (var j = i; j < Math.Min(end, i + RowsPerStatement); j++)
                    Append(text, workload[j], items, payees, isFirst: j == i);
                command.CommandText = text.ToString();
                await command.ExecuteNonQueryAsync();
            }

            await transaction.CommitAsync();
        }

        return events;
    }

    /// <summary>Uses a prepared INSERT with parameters, one row per statement and transaction.</summary>
    public static async Task<long> InsertOneAsync(string connectionString, MySqlWorkload workload)
    {
        await using var connection = await OpenAsync($"{connectionString};IgnorePrepare=False");
        await using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
                VALUES (@at, @id, @meter, @item, @payee, @quantity)
            """;
        var parameters = ParameterNames
            .Select(name => command.Parameters.Add(new MySqlParameter { ParameterName = name })).ToList();
        await using var reader = new MySqlWorkloadReader(workload);
        var watch = Stopwatch.StartNew();
        var rows = 0L;
        for (; rows < SingleRowsMax && watch.Elapsed < SingleRowsTimeMax && await reader.ReadAsync(); rows++)
        {
            for (var i = 0; i < parameters.Count; i++)
                parameters[i].Value = reader.GetValue(i);
            if (rows == 0)
                await command.PrepareAsync();
            await command.ExecuteNonQueryAsync();
        }

        return rows;
    }

    /// <summary>Computes the totals of a day by one statement, into a table with the key and the index of settlement lines.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="tmpTableBytes">Maximum size of an in-memory temporary table of the connection.</param>
    /// <param name="watch">Started together with the statement.</param>
    public static async Task<long> GroupByAsync(string connectionString, long tmpTableBytes, Action watch)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            SET SESSION tmp_table_size = {tmpTableBytes}, max_heap_table_size = {tmpTableBytes};
            DROP TABLE IF EXISTS peer_totals;
            CREATE TABLE peer_totals (
                run_id BIGINT NOT NULL, meter VARBINARY(256) NOT NULL, item_id VARBINARY(256) NOT NULL, payee_id VARBINARY(256) NOT NULL,
                quantity BIGINT NOT NULL, PRIMARY KEY (run_id, meter, item_id, payee_id), KEY peer_totals_by_payee (run_id, payee_id)
            ) ENGINE = InnoDB
            """);
        await command.ExecuteNonQueryAsync();
        command.CommandText = """
            INSERT INTO peer_totals (run_id, meter, item_id, payee_id, quantity)
            SELECT 1, meter, item_id, payee_id, sum(quantity) FROM usage_events WHERE occurred_at >= @start AND occurred_at < @end
            GROUP BY meter, item_id, payee_id
            """;
        var start = new DateTimeOffset(Workload.FirstDay, TimeOnly.MinValue, TimeSpan.FromHours(9)).UtcDateTime;
        command.Parameters.AddWithValue("@start", start);
        command.Parameters.AddWithValue("@end", start.AddDays(1));
        watch();
        return await command.ExecuteNonQueryAsync();
    }

    private static void Append(StringBuilder text, in WorkloadEvent row, string[] items, string[] payees, bool isFirst) => text.Append(
        CultureInfo.InvariantCulture,
        $"{(isFirst ? "" : ",")}('{DateTime.UnixEpoch.AddMicroseconds(row.UnixMicroseconds):yyyy-MM-dd HH:mm:ss.ffffff}',"
            + $"X'{row.IdHigh:X16}{row.IdLow:X16}','{MySqlWorkload.Meter}','{items[row.Item]}','{payees[row.Item % payees.Length]}',1)");

    private static async Task<MySqlConnection> OpenAsync(string connectionString)
    {
        var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
