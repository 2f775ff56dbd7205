using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Loads rows in bulk into any table of a MySQL or MariaDB database: by <c>LOAD DATA LOCAL</c> from memory or, where the server refuses that, by
/// INSERT statements of many rows. Each chunk is a transaction that stores all of its rows as they were given or, but for those that are
/// reported as rejected, none. Thread-safe: each call is a load of its own.
/// </summary>
/// <remarks>Works without the rest of Settlement; a load with a <see cref="TableLoadOptions.Key"/> keeps its checkpoints in a table
/// <c>load_chunks</c> and its rejected rows in <c>load_rejects</c>, of the same database, which it makes. Where <see cref="MySqlStoreOptions.Database"/>
/// is set, both are there, and a table without a database's name is one of the connection string's database.</remarks>
/// <example>
/// <code>
/// await using var loader = new TableLoader("Server=db1;Database=shop;User ID=shop;Password=…");
/// await using var file = File.OpenRead("videos.csv");
/// var report = await loader.LoadCsvAsync(file, "videos"); // the first line names the columns
/// Console.WriteLine($"{report.Stored} rows");
/// </code>
/// </example>
public sealed class TableLoader : IAsyncDisposable
{
    private readonly MySqlDatabase _database;
    private readonly TimeProvider _clock;

    /// <summary>Makes a loader.</summary>
    /// <param name="options">The server, waits and retries.</param>
    /// <param name="clock">Measures how long a load takes; null for the system's.</param>
    /// <param name="logger">Is told, once, when the server refuses LOAD DATA LOCAL; null for no log.</param>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public TableLoader(MySqlStoreOptions options, TimeProvider? clock = null, ILogger<TableLoader>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _database = new MySqlDatabase(options, new ServerCheck(logger ?? (ILogger)NullLogger.Instance), needsSchema: false, clock);
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>Makes a loader with defaults.</summary>
    /// <param name="connectionString">As <see cref="MySqlStoreOptions.ConnectionString"/>.</param>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public TableLoader(string connectionString)
        : this(new MySqlStoreOptions { ConnectionString = connectionString })
    {
    }

    /// <summary>Loads values of your own type.</summary>
    /// <typeparam name="T">The row.</typeparam>
    /// <param name="rows">Enumerated once, on the thread pool.</param>
    /// <param name="map">The table, and which value goes into which column.</param>
    /// <param name="options">How to load; null for the defaults.</param>
    /// <param name="progress">Told after each chunk; or null.</param>
    /// <param name="cancellationToken">Stops before the next commit, within a second; what is committed stays.</param>
    /// <returns>What became of every row.</returns>
    /// <exception cref="ArgumentException">The options or the columns are wrong; all that is wrong is said.</exception>
    /// <exception cref="RowRejectedException">More rows are rejected than <see cref="TableLoadOptions.RejectsMax"/>; nothing of their chunk is stored.</exception>
    /// <exception cref="MySqlStoreException">The server refused something that is not a row's fault.</exception>
    /// <exception cref="InvalidOperationException">An earlier load of the same key had other rows, or one is under way.</exception>
    public Task<TableLoadReport> LoadAsync<T>(
        IAsyncEnumerable<T> rows, TableMap<T> map, TableLoadOptions? options = null, IProgress<TableLoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(map);
        return RunAsync(new TypedRows<T>(rows, map), map.Table, options, progress, cancellationToken);
    }

    /// <summary>Loads the rows of a reader into the columns that have the names of its own.</summary>
    /// <param name="reader">
    /// Read to its end; stays the caller's to dispose. A reader of MySQL or MariaDB whose driver changes values is refused: TINYINT(1) as
    /// <see cref="bool"/>, CHAR(36) as <see cref="Guid"/>, TIMESTAMP in the session's time zone, FLOAT with six digits, instants in local time.
    /// The error names each column and the setting or expression that keeps its values. A reader over a file decides by itself what a row
    /// is and what becomes of a missing field; <see cref="LoadCsvAsync"/> rejects such rows.
    /// </param>
    /// <param name="table">The table, as <c>table</c> or <c>database.table</c>.</param>
    /// <param name="options">How to load; null for the defaults.</param>
    /// <param name="progress">Told after each chunk; or null.</param>
    /// <param name="cancellationToken">Stops before the next commit; what is committed stays.</param>
    /// <returns>What became of every row; exceptions as of the other loads.</returns>
    /// <exception cref="ArgumentException">The reader's driver changes values; or as of the other loads.</exception>
    public Task<TableLoadReport> LoadReaderAsync(
        DbDataReader reader, string table, TableLoadOptions? options = null, IProgress<TableLoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return RunAsync(new ReaderRows(reader), table, options, progress, cancellationToken);
    }

    /// <summary>
    /// Loads a CSV file by RFC 4180 into the columns that its header names. No row is a comment. Values are stored as they are, or their
    /// row is rejected; an empty one is null in a column that may be null. A row that is malformed, not UTF-8 or longer than 16 MiB is
    /// rejected, too; a quote that is never closed rejects the rest of the file as one row.
    /// </summary>
    /// <param name="utf8">Read from where it stands to its end; stays the caller's to dispose. A byte order mark is skipped.</param>
    /// <param name="table">The table, as <c>table</c> or <c>database.table</c>.</param>
    /// <param name="options">How to load; null for the defaults.</param>
    /// <param name="progress">Told after each chunk; or null.</param>
    /// <param name="cancellationToken">Stops before the next commit; what is committed stays.</param>
    /// <returns>What became of every row (the header is row 1); exceptions as of the other loads.</returns>
    /// <exception cref="RowRejectedException">The file has no readable header, or as of the other loads.</exception>
    public async Task<TableLoadReport> LoadCsvAsync(
        Stream utf8, string table, TableLoadOptions? options = null, IProgress<TableLoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        var file = new CsvFileReader(utf8, CsvRows.RowBytesMax, CsvRows.BufferBytes, CsvRows.HeaderRule);
        await file.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync(new CsvRows(file), table, options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<TableLoadReport> RunAsync(
        IRowReader reader, string table, TableLoadOptions? options, IProgress<TableLoadProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        options ??= new TableLoadOptions();
        options.Validate();
        var connection = await _database.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        try
        {
            var target = await TargetTable.FindAsync(connection, _database.QualifyApplicationTable(table), reader.Columns, cancellationToken).ConfigureAwait(false);
            if (options.Key is null)
                return await StoreAsync(reader, target, target.Name, options, [], progress, cancellationToken).ConfigureAwait(false);

            // The lock goes with this connection: of two processes that load the same key, one does.
            var held = await LoadLock.AcquireAsync(connection, options.Key, cancellationToken).ConfigureAwait(false);
            await using var __ = held.ConfigureAwait(false);
            var recorded = await Checkpoints.ReadAsync(connection, options.Key, cancellationToken).ConfigureAwait(false);
            Checkpoints.RequireRejectsLeft(recorded, options);
            if (options.Partition is null)
                return await StoreAsync(reader, target, target.Name, options, recorded, progress, cancellationToken).ConfigureAwait(false);

            var staging = new PartitionStaging(connection, target.Name, options.Partition);
            await staging.PrepareAsync(isBegun: recorded.Count > 0, cancellationToken).ConfigureAwait(false);
            var report = await StoreAsync(reader, target, staging.Rows, options, recorded, progress, cancellationToken).ConfigureAwait(false);
            await staging.ExchangeAsync(cancellationToken).ConfigureAwait(false);
            return report;
        }
        catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
        {
            throw MySqlErrorTranslator.Translate(e, _database.Location, cancellationToken);
        }
    }

    private async Task<TableLoadReport> StoreAsync(
        IRowReader reader, TargetTable target, string into, TableLoadOptions options, SortedList<long, Checkpoint> recorded,
        IProgress<TableLoadProgress>? progress, CancellationToken cancellationToken)
    {
        var store = new ChunkStore(_database, target, target.Rows(into), options, recorded);
        var pump = new LoadPump<EncodedChunk>(reader, store, options.Limits, _clock, progress is null ? null : Report)
        {
            Recorded = recorded.Values.Select(checkpoint => checkpoint.ToRecorded()),
        };
        var counts = await pump.RunAsync(cancellationToken).ConfigureAwait(false);
        return new TableLoadReport(counts.Sent, counts.Resumed, counts.Stored, counts.Duplicates, counts.Rejected, counts.Elapsed);

        void Report(LoadCounts done) => progress.Report(new TableLoadProgress(done.Sent, done.Stored, done.Rejected, done.Elapsed));
    }
}
