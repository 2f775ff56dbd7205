using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Sqlite.Schema;

namespace Settlement.Sqlite.Database;

/// <summary>Sees to it that the tables are those that this code knows, once per process.</summary>
internal sealed class SchemaCheck(string fileName)
{
    private volatile bool _isChecked;

    public void Require(SqliteConnection connection)
    {
        if (_isChecked)
            return;

        var version = Find(connection);
        if (version != SqliteSchema.Version)
            throw new SchemaException(fileName, version, SqliteSchema.Version);
        _isChecked = true;
    }

    /// <summary>The number of the newest schema file that was applied; 0 when there are no tables of ours.</summary>
    public static int Find(SqliteConnection connection) =>
        HasRecord(connection) ? (int)connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) FROM settlement_schema") : 0;

    /// <summary>Whether there is a table of that name with our columns: another one of the name is not ours.</summary>
    public static bool HasRecord(SqliteConnection connection) =>
        connection.ExecuteScalar<long>("SELECT count(*) FROM pragma_table_info('settlement_schema') WHERE name IN ('number', 'file', 'applied_at')") == 3;
}
