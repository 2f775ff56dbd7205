using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>Validates connection strings. Several components open writing and reading connections to the same file.</summary>
internal static class ConnectionStringCheck
{
    private const string Example = "For example: Data Source=shop.db";

    /// <summary>Returns all errors of a connection string. They don't contain the string itself, which may hold a password.</summary>
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
            yield return $"The SQLite connection string can't be parsed: {unreadable} {Example}";
            yield break;
        }

        if (string.IsNullOrWhiteSpace(builder.DataSource))
            yield return $"The SQLite connection string has no Data Source. Name a file. {Example}";
        else if (builder.Mode == SqliteOpenMode.Memory || builder.DataSource.Contains(":memory:", StringComparison.OrdinalIgnoreCase))
            yield return "The SQLite connection string names an in-memory database, which a second connection can't open. Name a file. "
                + Example;
        else if (builder.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            yield return "The SQLite connection string names a URI, whose mode parameter would override the mode of "
                + $"read-only connections. Name the file. {Example}";
        }

        if (builder.Cache == SqliteCacheMode.Shared)
        {
            yield return "The SQLite connection string has Cache=Shared: reading and writing connections would share one cache and lock "
                + "each other's tables. Remove Cache.";
        }

        if (builder.Mode == SqliteOpenMode.ReadOnly)
        {
            yield return "The SQLite connection string has Mode=ReadOnly, so nothing could be written. Remove Mode: "
                + "reading connections are read-only anyway.";
        }
    }
}
