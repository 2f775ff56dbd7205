using Dapper;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Reports at start that the close of a day reads all rows of a large table.</summary>
internal static partial class FullScan
{
    /// <summary>The estimated number of rows from which a full scan is reported.</summary>
    public const long RowsMin = 1_000_000;

    /// <summary>Logs a warning when no index of a large table starts with the instant. Reads the catalogue only.</summary>
    public static async Task ReportAsync(
        MySqlConnection connection, UsageTable source, ILogger logger, long rowsMin, CancellationToken cancellationToken)
    {
        var table = await SourceTable.FindAsync(connection, source, isPortable: false, day: null, cancellationToken).ConfigureAwait(false);
        if (table.InstantIndex is not null)
            return;
        var parts = source.Table.Split('.', 2);
        var rows = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            SELECT table_rows FROM information_schema.tables
            WHERE table_schema = coalesce(@schema, database()) AND table_name = @table LIMIT 1
            """,
            new { schema = parts.Length == 2 ? parts[0] : null, table = parts[^1] }, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
        if (rows >= rowsMin)
        {
            ReadsAllRows(
                logger, source.Name, source.Table, rows.Value, source.OccurredAtColumn,
                $"CREATE INDEX {UsageJoin.NameOf(source.Table)}_by_instant ON {source.Table} ({source.OccurredAtColumn})");
        }
    }

    [LoggerMessage(
        3003, LogLevel.Warning,
        "Source '{Source}' reads all of about {Rows} rows of table {Table} for each day: no index starts with {Column}. {Remedy}")]
    private static partial void ReadsAllRows(
        ILogger logger, string source, string table, long rows, string column, string remedy);
}
