using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Settlements.Benchmarks;

/// <summary>SQLite files of two revisions with the same events; each close uses a copy.</summary>
internal sealed class SqliteCloseComparison(string folder, int events, int items)
{
    private readonly Dictionary<CloseRevision, string> _loaded = [];

    /// <summary>Creates the files. Ids are in the order of time, like those of UUID version 7.</summary>
    public async Task ImportAsync(CloseRevision revision)
    {
        var csv = Path.Combine(folder, "day.csv");
        if (!File.Exists(csv))
            Workload.Write(csv, 0, events, items, orderedIds: true);
        var database = Path.Combine(folder, $"loaded{_loaded.Count}.db");
        await revision.ImportSqliteAsync(database, csv);
        _loaded[revision] = database;
    }

    public async Task<CloseRun> CloseAsync(CloseRevision revision)
    {
        var database = SqliteComparison.Copy(_loaded[revision], Path.Combine(folder, "close.db"));
        var (measured, clientSeconds) = await revision.CloseSqliteAsync(database, events);
        return new CloseRun(measured, clientSeconds, double.NaN, Count(database));
    }

    private static CloseResult Count(string database)
    {
        using var connection = Peers.Open($"Data Source={database};Pooling=False");
        var rows = 0L;
        var linesTable = "";
        foreach (var table in CloseResult.Tables)
        {
            if (Scalar(connection, $"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '{table}'") == 0)
                continue;
            rows += Scalar(connection, $"SELECT count(*) FROM {table}");
            if (table.EndsWith("_lines", StringComparison.Ordinal))
                linesTable = table;
        }

        return new CloseResult(
            Scalar(connection, $"SELECT count(*) FROM {linesTable}"),
            Scalar(connection, $"SELECT coalesce(sum(CAST(amount AS INTEGER)), 0) FROM {linesTable}"), rows);
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
