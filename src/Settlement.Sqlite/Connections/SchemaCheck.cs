using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Sqlite.Schema;

namespace Settlement.Sqlite.Connections;

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
        connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'settlement_schema'") == 0
            ? 0
            : (int)connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) FROM settlement_schema");
}

/// <summary>The database's tables are not those of this version of the library.</summary>
public sealed class SchemaException : DbException
{
    internal SchemaException(string fileName, int found, int needed)
        : base(found > needed
            ? $"The database '{fileName}' has schema {found}, made by a newer version of Settlement; this one knows {needed}. Update the package."
            : $"The database '{fileName}' has schema {found}; this version of Settlement needs {needed}. "
                + "Apply it once with `await engine.Schema.ApplyAsync()`.")
    {
        Found = found;
        Needed = needed;
    }

    /// <summary>The schema that the database has; 0 when it has none of the tables.</summary>
    public int Found { get; }

    /// <summary>The schema that this version of the library needs.</summary>
    public int Needed { get; }
}
