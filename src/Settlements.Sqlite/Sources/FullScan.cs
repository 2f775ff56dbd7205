using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Reports at start that the close of a day reads all rows of a large table.</summary>
internal static partial class FullScan
{
    /// <summary>The number of rows from which a full scan is reported.</summary>
    public const long RowsMin = 1_000_000;

    /// <summary>Logs a warning when SQLite's plan for the rows of a day is to read all rows of a large table.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="source">The source.</param>
    /// <param name="rows">The number of rows of its table.</param>
    /// <param name="rowsMin">The number of rows from which a full scan is reported.</param>
    /// <param name="logger">The logger.</param>
    public static void Report(SqliteConnection connection, UsageTable source, long rows, long rowsMin, ILogger logger)
    {
        if (rows < rowsMin || !IsScan(connection, source))
            return;
        var column = source.Resolve(source.OccurredAtColumn).Column;
        var remedy = IsView(connection, source.Table)
            ? "Create an index that starts with the instant on the table that the view reads."
            : $"CREATE INDEX {UsageJoin.NameOf(source.Table)}_by_instant ON {source.Table} ({column})";
        ReadsAllRows(logger, source.Name, source.Table, rows, column, remedy);
    }

    /// <summary>Returns whether the outermost loop of the plan reads all rows.</summary>
    private static bool IsScan(SqliteConnection connection, UsageTable source)
    {
        var sql = new SourceSql(source);
        using var plan = EventRows.Prepare(
            connection, source,
            $"EXPLAIN QUERY PLAN SELECT 1 FROM {sql.From} WHERE {sql.OccurredAt} >= ? AND {sql.OccurredAt} < ?{Sql.And(source.Filter)}");
        const int Detail = 3;
        return plan.Step() && plan.Text(Detail).StartsWith("SCAN ", StringComparison.Ordinal);
    }

    private static bool IsView(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'view' AND name = $name COLLATE NOCASE";
        command.Parameters.AddWithValue("$name", UsageJoin.NameOf(table));
        return (long)command.ExecuteScalar()! > 0;
    }

    [LoggerMessage(
        3003, LogLevel.Warning,
        "Source '{Source}' reads all of {Rows} rows of table {Table} for each day: no index that starts with {Column} is used. {Remedy}")]
    private static partial void ReadsAllRows(
        ILogger logger, string source, string table, long rows, string column, string remedy);
}
