using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Loads rows in bulk into any table of a MySQL or MariaDB database: by <c>LOAD DATA LOCAL</c> from memory or, if the server refuses that,
/// by INSERT statements of many rows. Each chunk is a transaction that stores all its rows unchanged, except those reported as rejected, or
/// none. Thread-safe: each call is a separate load.
/// </summary>
/// <remarks>
/// Independent of the rest of Settlement. A load with a <see cref="TableLoadOptions.Key"/> stores its checkpoints in the table
/// <c>load_chunks</c> and its rejected rows in <c>load_rejects</c> of the same database, which it creates. If
/// <see cref="MySqlStoreOptions.Database"/> is set, both are in that database, and a table name without a database refers to the connection
/// string's database.
/// </remarks>
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

    /// <summary>Creates a loader.</summary>
    /// <param name="options">The server, time limits and retries.</param>
    /// <param name="clock">The clock that measures a load's duration; null for the system clock.</param>
    /// <param name="logger">Logs once if the server refuses LOAD DATA LOCAL; null for no logging.</param>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public TableLoader(MySqlStoreOptions options, TimeProvider? clock = null, ILogger<TableLoader>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _database = new MySqlDatabase(options, new ServerCheck(logger ?? (ILogger)NullLogger.Instance), needsSchema: false, clock);
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>Creates a loader with default options.</summary>
    /// <param name="connectionString">See <see cref="MySqlStoreOptions.ConnectionString"/>.</param>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public TableLoader(string connectionString)
        : this(new MySqlStoreOptions { ConnectionString = connectionString })
    {
    }

    /// <summary>Loads objects of the application's type.</summary>
    /// <typeparam name="T">The row.</typeparam>
    /// <param name="rows">The rows, enumerated once, on the thread pool.</param>
    /// <param name="map">The table and the mapping of values to columns.</param>
    /// <param name="options">How to load; null for the defaults.</param>
    /// <param name="progress">Receives the progress after each chunk; null for none.</param>
    /// <param name="cancellationToken">Cancels before the next commit, within a second; committed chunks are kept.</param>
    /// <returns>The outcome of every row.</returns>
    /// <exception cref="ArgumentException">The options or the columns are invalid; the message lists all validation errors.</exception>
    /// <exception cref="RowRejectedException">
    /// More rows were rejected than <see cref="TableLoadOptions.RejectsMax"/>; nothing of their chunk is stored.
    /// </exception>
    /// <exception cref="MySqlStoreException">The server reported an error that doesn't concern a single row.</exception>
    /// <exception cref="InvalidOperationException">An earlier load with the same key had other rows, or one is running.</exception>
    public Task<TableLoadReport> LoadAsync<T>(
        IAsyncEnumerable<T> rows, TableMap<T> map, TableLoadOptions? options = null, IProgress<TableLoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(map);
        return RunAsync(new TypedRows<T>(rows, map), map.Table, options, progress, cancellationToken);
    }

    /// <summary>Loads the rows of a reader into the columns with the same names.</summary>
    /// <param name="reader">
    /// The reader, read to its end; the caller disposes it. A reader of MySQL or MariaDB whose driver converts values is refused:
    /// TINYINT(1) as <see cref="bool"/>, CHAR(36) as <see cref="Guid"/>, TIMESTAMP in the connection's time zone, FLOAT with six digits,
    /// instants in local time. The error names each column and the setting or expression that preserves its values. A reader over a file
    /// determines rows and missing fields itself; <see cref="LoadCsvAsync"/> rejects malformed rows.
    /// </param>
    /// <param name="table">The table, as <c>table</c> or <c>database.table</c>.</param>
    /// <param name="options">How to load; null for the defaults.</param>
    /// <param name="progress">Receives the progress after each chunk; null for none.</param>
    /// <param name="cancellationToken">Cancels before the next commit; committed chunks are kept.</param>
    /// <returns>The outcome of every row. Throws the same exceptions as the other loads.</returns>
    /// <exception cref="ArgumentException">The reader's driver converts values, or the options or columns are invalid.</exception>
    public Task<TableLoadReport> LoadReaderAsync(
        DbDataReader reader, string table, TableLoadOptions? options = null, IProgress<TableLoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return RunAsync(new ReaderRows(reader), table, options, progress, cancellationToken);
    }

    /// <summary>
    /// Loads a CSV file (RFC 4180) into the columns of its header. There are no comment rows. Values are stored unchanged, or their row is
    /// rejected; an empty field is null in a nullable column. A row that is malformed, not UTF-8 or longer than 16 MiB is rejected; after
    /// an unclosed quote the rest of the file is rejected as one row.
    /// </summary>
    /// <param name="utf8">The file, read from the current position to its end; the caller disposes it. A byte order mark is
    /// skipped.</param>
    /// <param name="table">The table, as <c>table</c> or <c>database.table</c>.</param>
    /// <param name="options">How to load; null for the defaults.</param>
    /// <param name="progress">Receives the progress after each chunk; null for none.</param>
    /// <param name="cancellationToken">Cancels before the next commit; committed chunks are kept.</param>
    /// <returns>The outcome of every row (the header is row 1). Throws the same exceptions as the other loads.</returns>
    /// <exception cref="RowRejectedException">The file has no valid header, or more rows were rejected than allowed.</exception>
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
        IRowReader reader, string table, TableLoadOptions? options, IProgress<TableLoadProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        options ??= new TableLoadOptions();
        options.Validate();
        var connection = await _database.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        try
        {
            var target = await TargetTable.FindAsync(
                connection, _database.QualifyApplicationTable(table), reader.Columns, cancellationToken).ConfigureAwait(false);
            if (options.Key is null)
                return await StoreAsync(reader, target, target.Name, options, [], progress, cancellationToken).ConfigureAwait(false);

            // The lock is held by this connection: of two instances that load the same key, only one runs.
            var held = await LoadLock.AcquireAsync(connection, options.Key, cancellationToken).ConfigureAwait(false);
            await using var __ = held.ConfigureAwait(false);
            var recorded = await Checkpoints.ReadAsync(connection, options.Key, cancellationToken).ConfigureAwait(false);
            Checkpoints.RequireRejectsLeft(recorded, options);
            if (options.Partition is null)
                return await StoreAsync(reader, target, target.Name, options, recorded, progress, cancellationToken).ConfigureAwait(false);

            var staging = new PartitionStaging(connection, target.Name, options.Partition);
            await staging.PrepareAsync(isBegun: recorded.Count > 0, cancellationToken).ConfigureAwait(false);
            var report = await StoreAsync(reader, target, staging.Rows, options, recorded, progress, cancellationToken)
                .ConfigureAwait(false);
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
