using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>Options of the SQLite store.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>An ADO.NET connection string. Its <c>Data Source</c> is a file name, not a URI; a missing file is created.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The longest wait of a write for other writers of the file. From 1 second to 1 hour; default 30 seconds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The page cache of the writing connection, in MiB. From 1 to 4,096; default 64.</summary>
    public int WriterCacheMiB { get; init; } = 64;

    /// <summary>
    /// The approximate limit of rows that a close writes in one transaction, for which other writers of the file have to wait. From 1 to
    /// 1,000,000; default 20,000, which takes a few hundred milliseconds. An item with more payees than this is still written in one
    /// transaction.
    /// </summary>
    public int RowsPerTransactionMax { get; init; } = 20_000;

    /// <summary>
    /// Creates a closed connection from a connection string. By default a <see cref="SqliteConnection"/>; a derived class may register
    /// functions and extensions, or inject faults in tests.
    /// </summary>
    public Func<string, SqliteConnection> Connect { get; init; } = static connectionString => new SqliteConnection(connectionString);

    /// <summary>Returns the options without the connection string, which may hold a password.</summary>
    /// <returns>The options as text.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"SqliteStoreOptions {{ BusyTimeout = {BusyTimeout}, WriterCacheMiB = {WriterCacheMiB} }}");
}
