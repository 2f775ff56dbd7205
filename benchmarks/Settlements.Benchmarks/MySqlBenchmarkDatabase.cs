using System.Diagnostics;
using System.Globalization;
using MySqlConnector;

namespace Settlements.Benchmarks;

/// <summary>A benchmark database with the tables of any revision of the library.</summary>
internal sealed class MySqlBenchmarkDatabase(string connectionString)
{
    /// <summary>
    /// Tables that a close doesn't write. All others are emptied, by the catalogue: their names differ between revisions.
    /// </summary>
    private const string TablesKept = $"{EventTables}, 'settlement_schema', 'writer_locks', 'writer_gates'";

    /// <summary>The name of the event table, now and in revisions before the renaming.</summary>
    private const string EventTables = "'usage_events', 'billable_events'";

    public string ConnectionString => connectionString;

    /// <summary>Deletes all events and days.</summary>
    public async Task EmptyAsync()
    {
        await ForgetClosesAsync();
        await ExecuteAsync($"TRUNCATE TABLE {await EventTableAsync()}");
    }

    /// <summary>Reopens every day and keeps the events.</summary>
    public async Task ForgetClosesAsync()
    {
        await using var connection = await OpenAsync();
        var tables = new List<string>();
        await using (var command = new MySqlCommand(
            $"SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT IN ({TablesKept})",
            connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }

        foreach (var table in tables)
        {
            await using var truncate = new MySqlCommand($"TRUNCATE TABLE `{table}`", connection);
            await truncate.ExecuteNonQueryAsync();
        }

        // Revisions since 2026-11-27 also keep the end of the last closed day for the writers of events.
        await using var has = new MySqlCommand(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'writer_locks' "
            + "AND column_name = 'closed_until'", connection);
        if (await has.ExecuteScalarAsync() is 1L)
        {
            await using var reopen = new MySqlCommand("UPDATE writer_locks SET closed_until = NULL, open_day = NULL", connection);
            await reopen.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Loads a file by LOAD DATA LOCAL with the server's client.</summary>
    public async Task<Measured> LoadByClientAsync(string tsv)
    {
        var server = new MySqlConnectionStringBuilder(connectionString);
        var events = await EventTableAsync();
        string[] arguments =
        [
            "--no-defaults", "--protocol=tcp", $"--host={server.Server}", $"--port={server.Port}", $"--user={server.UserID}",
            "--local-infile=1", $"--database={server.Database}",
            $"--execute=LOAD DATA LOCAL INFILE '{tsv}' INTO TABLE {events} CHARACTER SET binary "
                + "FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' "
                    + "(occurred_at, event_id, meter, item_id, payee_id, quantity)",
        ];
        var watch = Stopwatch.StartNew();
        using var client = Process.Start(new ProcessStartInfo("mariadb", arguments))!;
        await client.WaitForExitAsync();
        watch.Stop();
        if (client.ExitCode != 0)
            throw new InvalidOperationException($"The client ended with {client.ExitCode}.");
        return new Measured(watch.Elapsed.TotalSeconds, double.NaN, await CountAsync(events), []);
    }

    /// <summary>Returns the number of rows of a table.</summary>
    public Task<long> CountAsync(string table) => ScalarAsync<long>($"SELECT count(*) FROM {table}");

    /// <summary>Reads a global status counter of the server.</summary>
    public Task<long> StatusAsync(string name) =>
        ScalarAsync<long>($"SELECT CAST(variable_value AS SIGNED) FROM information_schema.global_status WHERE variable_name = '{name}'");

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)Convert.ChangeType((await command.ExecuteScalarAsync())!, typeof(T), CultureInfo.InvariantCulture);
    }

    private Task<string> EventTableAsync() => ScalarAsync<string>(
        $"SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ({EventTables})");

    private async Task<MySqlConnection> OpenAsync()
    {
        var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
