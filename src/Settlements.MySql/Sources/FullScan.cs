using System.Globalization;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Reports at start that the close of a day reads all rows of a large table.</summary>
internal static partial class FullScan
{
    /// <summary>The estimated number of rows from which a full scan is reported.</summary>
    public const long RowsMin = 1_000_000;

    /// <summary>"EXPLAIN/SHOW can not be issued; lacking privileges for underlying table".</summary>
    private const int ViewPlanDenied = 1345;

    /// <summary>
    /// The storage engines that find a range of rows only by an index. Others, such as column stores, skip rows by other means.
    /// </summary>
    private static readonly string[] IndexedEngines = ["InnoDB", "MyISAM", "Aria", "ROCKSDB", "SPIDER", "ndbcluster"];

    /// <summary>
    /// Logs a warning when no index of a large table, or of the table of a view, finds the rows of a day. Reads the catalogue and the plan.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="source">The source.</param>
    /// <param name="isPortable">Whether only the catalogue is read, in statements that every engine of the protocol has.</param>
    /// <param name="rowsMin">The number of rows from which a full scan is reported.</param>
    /// <param name="logger">The logger.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task ReportAsync(
        MySqlConnection connection, UsageTable source, bool isPortable, long rowsMin, ILogger logger, CancellationToken cancellationToken)
    {
        var table = await SourceTable.FindAsync(connection, source, isPortable, day: null, cancellationToken).ConfigureAwait(false);
        if (table.IsView ? isPortable : table.IsFoundByInstant)
            return;
        var rows = table.IsView ? await ScannedRowsAsync(connection, table, cancellationToken).ConfigureAwait(false)
            : await TableRowsAsync(connection, source.Table, cancellationToken).ConfigureAwait(false);
        if (rows < rowsMin)
            return;
        var remedy = table.IsView ? "Create an index that starts with the instant on the table that the view reads."
            : $"CREATE INDEX {UsageJoin.NameOf(source.Table)}_by_instant ON {source.Table} ({source.OccurredAtColumn})";
        ReadsAllRows(logger, source.Name, source.Table, rows, source.OccurredAtColumn, remedy);
    }

    private static async Task<long> TableRowsAsync(MySqlConnection connection, string table, CancellationToken cancellationToken)
    {
        var parts = table.Split('.', 2);
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
        command.CommandText = """
            SELECT engine, table_rows FROM information_schema.tables
            WHERE table_schema = coalesce(@schema, database()) AND table_name = @table LIMIT 1
            """;
        command.Parameters.AddWithValue("schema", parts.Length == 2 ? parts[0] : null);
        command.Parameters.AddWithValue("table", parts[^1]);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && !reader.IsDBNull(0) && !reader.IsDBNull(1)
            && IndexedEngines.Contains(reader.GetString(0), StringComparer.OrdinalIgnoreCase)
            ? Convert.ToInt64(reader.GetValue(1), CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>
    /// Returns the estimated number of rows that the outermost loop of a day's plan reads without an index; 0 if it uses one, or if the
    /// user may not see the plan.
    /// </summary>
    private static async Task<long> ScannedRowsAsync(MySqlConnection connection, SourceTable table, CancellationToken cancellationToken)
    {
        // Any day: only the plan for a small range of instants matters.
        var rows = EventRows.Of(table, new UtcRange(SupportedInstants.First, SupportedInstants.First.AddDays(1)));
        var command = rows.Select(connection, "1", rows.All, head: "EXPLAIN ");
        await using var _ = command.ConfigureAwait(false);
        try
        {
            var plan = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = plan.ConfigureAwait(false);
            var columns = Enumerable.Range(0, plan.FieldCount).ToDictionary(plan.GetName, i => i, StringComparer.OrdinalIgnoreCase);
            return columns.TryGetValue("type", out var type) && columns.TryGetValue("rows", out var estimate) // TiDB has neither
                && await plan.ReadAsync(cancellationToken).ConfigureAwait(false) && !plan.IsDBNull(type) && !plan.IsDBNull(estimate)
                && plan.GetString(type) is ("ALL" or "index")
                ? Convert.ToInt64(plan.GetValue(estimate), CultureInfo.InvariantCulture) : 0;
        }
        catch (MySqlException e) when (e.Number is ViewPlanDenied)
        {
            return 0;
        }
    }

    [LoggerMessage(
        3003, LogLevel.Warning,
        "Source '{Source}' reads all of about {Rows} rows of table {Table} for each day: no index starts with {Column}. {Remedy}")]
    private static partial void ReadsAllRows(
        ILogger logger, string source, string table, long rows, string column, string remedy);
}
