using Dapper;
using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>Reads the table that records the applied schema files.</summary>
internal static class SchemaRecord
{
    public const string Table = "settlement_schema";

    /// <summary>Returns the number of the newest applied schema file; 0 when none is applied.</summary>
    public static int FindVersion(SqliteConnection connection) =>
        Exists(connection) ? (int)connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) FROM settlement_schema") : 0;

    /// <summary>
    /// Returns whether the table exists with the library's columns. A table of that name with other columns is the application's.
    /// </summary>
    public static bool Exists(SqliteConnection connection) =>
        connection.ExecuteScalar<long>(
            "SELECT count(*) FROM pragma_table_info('settlement_schema') WHERE name IN ('number', 'file', 'applied_at')") == 3;
}
