using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>
/// What a connection string must not hold: writing and reading connections of several owners are opened to the same file.
/// </summary>
internal static class ConnectionStringCheck
{
    private const string Example = "Write for example: Data Source=shop.db";

    /// <summary>All errors of a connection string, without the string itself, which may hold a password.</summary>
    public static IEnumerable<string> Validate(string connectionString)
    {
        SqliteConnectionStringBuilder? builder = null;
        string? unreadable = null;
        try
        {
            builder = new SqliteConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException e)
        {
            unreadable = e.Message;
        }

        if (builder is null)
        {
            yield return $"The SQLite connection string can't be read: {unreadable} {Example}";
            yield break;
        }

        if (string.IsNullOrWhiteSpace(builder.DataSource))
            yield return $"The SQLite connection string names no file. {Example}";
        else if (builder.Mode == SqliteOpenMode.Memory || builder.DataSource.Contains(":memory:", StringComparison.OrdinalIgnoreCase))
            yield return $"The SQLite connection string names a database in memory, which a second connection can't open. {Example}";
        else if (builder.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            yield return "The SQLite connection string names a URI, whose own mode overrides that of reading connections. Name the file. "
                + Example;
        }

        if (builder.Cache == SqliteCacheMode.Shared)
        {
            yield return "The SQLite connection string says Cache=Shared, in which reading and writing connections share one cache, and lock "
                + "each other's tables. Leave Cache out.";
        }

        if (builder.Mode == SqliteOpenMode.ReadOnly)
        {
            yield return "The SQLite connection string says Mode=ReadOnly, so nothing could be written. Leave Mode out: reading connections are "
                + "read-only anyway.";
        }
    }
}
