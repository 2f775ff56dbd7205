using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>How the SQLite store works with its file.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>An ADO.NET connection string with a <c>Data Source</c> that is a file, not a URI; created where it is missing.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>How long a write waits for another process's write. From 1 second to 1 hour; default 30 seconds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Page cache of the writing connection, in MiB. From 1 to 4,096; default 64.</summary>
    public int WriterCacheMiB { get; init; } = 64;

    /// <summary>
    /// About how many rows a close writes in one transaction: what others that write to the file wait for at most. From 1 to 1,000,000; default
    /// 20,000, some hundred milliseconds. An item with more payees than this is still written at once.
    /// </summary>
    public int RowsPerTransactionMax { get; init; } = 20_000;

    /// <summary>
    /// Makes a connection from a connection string, unopened. By default a <see cref="SqliteConnection"/>; one of a class of your own may add
    /// functions and extensions, or faults for tests.
    /// </summary>
    public Func<string, SqliteConnection> Connect { get; init; } = static connectionString => new SqliteConnection(connectionString);

    /// <summary>Without the connection string, which may hold a password.</summary>
    /// <returns>The other options.</returns>
    public override string ToString() => FormattableString.Invariant($"SqliteStoreOptions {{ BusyTimeout = {BusyTimeout}, WriterCacheMiB = {WriterCacheMiB} }}");
}
