using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Settlements.Benchmarks;

/// <summary>Copies the rows of the first published day to the following days, which is faster than closing them.</summary>
internal static class CopiedDays
{
    private const string LineColumns =
        "meter, item_id, payee_id, usage_date, kind, restates, quantity, events, counter_before, counter_after, rate_scope, "
        + "rate_version, exact_amount, amount, currency, currency_digits";

    private const string SumColumns = "meter, first_item, segment, currency, currency_digits, row_count, sums";

    /// <summary>Copies the day within an SQLite file.</summary>
    public static Task CopyInFile(string database, int days)
    {
        using var connection = Peers.Open($"Data Source={database}");
        for (var day = 1; day < days; day++)
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandTimeout = 0;
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO business_days (day, state, starts_at, ends_at, calendar, run_id, published_at, revision)
                SELECT date(day, '+{day} days'), state, starts_at + {day * TimeSpan.MicrosecondsPerDay},
                    ends_at + {day * TimeSpan.MicrosecondsPerDay}, calendar, run_id + {day}, published_at, revision
                FROM business_days ORDER BY day LIMIT 1;
                """) + Copies(day, LineColumns + ", item_range");
            command.ExecuteNonQuery();
            transaction.Commit();
        }

        using var checkpoint = connection.CreateCommand();
        checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        checkpoint.ExecuteNonQuery();
        SqliteConnection.ClearPool(connection);
        return Task.CompletedTask;
    }

    /// <summary>Copies the day on a server.</summary>
    public static async Task CopyOnServerAsync(MySqlBenchmarkDatabase database, int days)
    {
        for (var day = 1; day < days; day++)
        {
            await database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO business_days (day, state, starts_at, ends_at, calendar, run_id, published_at, revision)
                SELECT day + INTERVAL {day} DAY, state, starts_at + INTERVAL {day} DAY, ends_at + INTERVAL {day} DAY, calendar,
                    run_id + {day}, published_at, revision
                FROM business_days ORDER BY day LIMIT 1;
                """) + Copies(day, LineColumns));
        }
    }

    private static string Copies(int day, string lineColumns) =>
        Copy("settlement_lines", lineColumns, day) + Copy("payee_sums", SumColumns, day);

    private static string Copy(string table, string columns, int day) => string.Create(CultureInfo.InvariantCulture, $"""

        INSERT INTO {table} (run_id, {columns}) SELECT run_id + {day}, {columns} FROM {table}
        WHERE run_id = (SELECT run_id FROM business_days ORDER BY day LIMIT 1);
        """);
}
