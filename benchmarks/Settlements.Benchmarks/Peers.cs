using Microsoft.Data.Sqlite;
using SQLitePCL;
using Settlements.Stores;

namespace Settlements.Benchmarks;

/// <summary>Hand-written code with the same parser, table and database settings.</summary>
internal static class Peers
{
    private const int RowsPerTransaction = 100_000;

    private const string Insert = """
        INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
            VALUES ($at, $id, $meter, $item, $payee, $quantity)
        """;

    /// <summary>Uses a prepared command with parameters, in transactions of 100,000 rows.</summary>
    public static async Task ImportByCommandAsync(string database, string csv)
    {
        await using var connection = Open($"Data Source={database}");
        await using var command = connection.CreateCommand();
        command.CommandText = Insert;
        var (at, id, meter, item, payee, quantity) = (
            command.Parameters.Add("$at", SqliteType.Integer), command.Parameters.Add("$id", SqliteType.Blob),
            command.Parameters.Add("$meter", SqliteType.Text), command.Parameters.Add("$item", SqliteType.Text),
            command.Parameters.Add("$payee", SqliteType.Text), command.Parameters.Add("$quantity", SqliteType.Integer));
        await command.PrepareAsync();
        await foreach (var batch in ParseAsync(csv))
        {
            await using var transaction = connection.BeginTransaction();
            command.Transaction = transaction;
            for (var i = 0; i < batch.Count; i++)
            {
                var row = batch[i];
                (at.Value, id.Value, meter.Value, item.Value, payee.Value, quantity.Value) = (
                    batch.OccurredAt(i), row.EventId.ToByteArray(bigEndian: true), row.Meter, row.ItemId, row.PayeeId, row.Quantity);
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }
    }

    /// <summary>Uses a prepared statement of SQLite's C API, without the driver's parameter objects; rarely used in applications.</summary>
    public static async Task ImportByStatementAsync(string database, string csv)
    {
        await using var connection = Open($"Data Source={database}");
        raw.sqlite3_prepare_v2(connection.Handle, Insert, out var statement);
        using (statement)
        {
            await foreach (var batch in ParseAsync(csv))
            {
                await using var transaction = connection.BeginTransaction();
                InsertAll(statement, batch);
                transaction.Commit();
            }
        }
    }

    /// <summary>Computes the totals of all events by one statement.</summary>
    public static void GroupBy(string database)
    {
        using var connection = Open($"Data Source={database}");
        using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = """
            CREATE TABLE totals (meter TEXT, item_id TEXT, payee_id TEXT, quantity INTEGER, PRIMARY KEY (meter, item_id, payee_id))
                WITHOUT ROWID;
            INSERT INTO totals SELECT meter, item_id, payee_id, sum(quantity) FROM usage_events
            WHERE occurred_at >= $start AND occurred_at < $end GROUP BY meter, item_id, payee_id;
            """;
        var start = new DateTimeOffset(Workload.FirstDay, TimeOnly.MinValue, TimeSpan.FromHours(9));
        command.Parameters.AddWithValue("$start", UnixMicroseconds.From(start));
        command.Parameters.AddWithValue("$end", UnixMicroseconds.From(start.AddDays(1)));
        command.ExecuteNonQuery();
    }

    private static void InsertAll(sqlite3_stmt statement, EventBatch batch)
    {
        Span<byte> id = stackalloc byte[16];
        for (var i = 0; i < batch.Count; i++)
        {
            batch.EventId(i).TryWriteBytes(id, bigEndian: true, out _);
            raw.sqlite3_bind_int64(statement, 1, batch.OccurredAt(i));
            raw.sqlite3_bind_blob(statement, 2, id);
            raw.sqlite3_bind_text(statement, 3, batch.Meter(i));
            raw.sqlite3_bind_text(statement, 4, batch.ItemId(i));
            raw.sqlite3_bind_text(statement, 5, batch.PayeeId(i));
            raw.sqlite3_bind_int64(statement, 6, batch.Quantity(i));
            if (raw.sqlite3_step(statement) != raw.SQLITE_DONE)
                throw new InvalidOperationException("An insert failed.");
            raw.sqlite3_reset(statement);
        }
    }

    private static async IAsyncEnumerable<EventBatch> ParseAsync(string csv)
    {
        await using var file = File.OpenRead(csv);
        var reader = new CsvEventReader(file);
        var chunk = new EventChunk(RowsPerTransaction);
        bool more;
        do
        {
            chunk.Clear();
            more = await reader.FillAsync(chunk, CancellationToken.None);
            yield return chunk.Batch;
        }
        while (more);
    }

    public static SqliteConnection Open(string address)
    {
        var connection = new SqliteConnection(address);
        connection.Open();
        using var pragmas = connection.CreateCommand();
        pragmas.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; "
            + "PRAGMA wal_autocheckpoint = 8192;";
        pragmas.ExecuteNonQuery();
        return connection;
    }
}
