using Dapper;
using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>The table in which is recorded what is applied.</summary>
internal static class SchemaRecord
{
    public const string Table = "settlement_schema";

    /// <summary>The number of the newest schema file that was applied; 0 where the library has no tables.</summary>
    public static int FindVersion(SqliteConnection connection) =>
        Exists(connection) ? (int)connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) FROM settlement_schema") : 0;

    /// <summary>Whether there is a table of that name with the library's columns: another table of the name is the application's.</summary>
    public static bool Exists(SqliteConnection connection) =>
        connection.ExecuteScalar<long>("SELECT count(*) FROM pragma_table_info('settlement_schema') WHERE name IN ('number', 'file', 'applied_at')") == 3;
}
