using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Loads events in bulk: reads one chunk while the store commits others. Each chunk is one transaction, which is rolled back completely
/// on failure; stored chunks remain. Loading the same rows again stores nothing and is not an error. Thread-safe: each call is a separate
/// load.
/// </summary>
/// <example>
/// <code>
/// await using var file = File.OpenRead("views.csv"); // event_id,occurred_at,meter,item_id,payee_id,quantity
/// var report = await engine.Events.LoadCsvAsync(file);
/// Console.WriteLine($"{report.Stored} stored, {report.Duplicates} duplicates, {report.Rejected} rejected");
/// </code>
/// </example>
public sealed partial class UsageLoader
{
    private readonly IEventStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly EventPolicy? _policy;

    /// <param name="store">The store of the events.</param>
    /// <param name="clock">The clock for the duration of a load.</param>
    /// <param name="logger">The logger of completed loads; <see langword="null"/> for no log.</param>
    /// <param name="policy">The policy that accepts well-formed events; <see langword="null"/> to accept all.</param>
    internal UsageLoader(IEventStore store, TimeProvider clock, ILogger<UsageLoader>? logger = null, EventPolicy? policy = null) =>
        (_store, _clock, _logger, _policy) = (store, clock, logger ?? NullLogger<UsageLoader>.Instance, policy);

    /// <summary>Loads a CSV file in the format of RFC 4180.</summary>
    /// <remarks>
    /// The header is exactly <c>event_id,occurred_at,meter,item_id,payee_id,quantity</c>, optionally followed by
    /// <c>,reason,reference</c>. The columns are a UUID with hyphens; an instant as <c>yyyy-MM-ddTHH:mm:ss</c> with up to 6 decimals and
    /// <c>Z</c> or an offset; three texts of 1 to 64 characters; an integer other than 0, from -10^12 to 10^12; and texts of at most 256
    /// and 64 characters, absent when empty. A byte order mark at the start is skipped. Rows end with LF or CRLF; the last line end is
    /// optional. An empty line is malformed, and so is a row of more than 65,536 bytes. After an unclosed quote, the rest of the file
    /// belongs to its row. A well-formed row is rejected when its meter has no rates and is not declared, when no rate version covers its
    /// usage date, and when its instant is before <see cref="SettlementOptions.StartsOn"/> or more than
    /// <see cref="SettlementOptions.AheadMax"/> ahead.
    /// </remarks>
    /// <param name="utf8">The file, read from the current position to the end, in blocks of at most 1 MiB. The caller disposes it.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the progress after each stored chunk; or <see langword="null"/>.</param>
    /// <param name="cancellationToken">
    /// Cancels before the next commit; committed chunks remain. The call returns after the current read of the stream, which is immediate
    /// only if the stream supports cancellation.
    /// </param>
    /// <returns>The outcome of all rows.</returns>
    /// <exception cref="ArgumentException">An option is out of its range. The message lists all errors.</exception>
    /// <exception cref="RowRejectedException">
    /// The header is invalid, or more rows are rejected than <see cref="UsageLoadOptions.RejectsMax"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<LoadReport> LoadCsvAsync(
        Stream utf8, UsageLoadOptions? options = null, IProgress<LoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        options ??= new UsageLoadOptions();
        options.Validate();
        long? bytesTotal = utf8.CanSeek ? utf8.Length - utf8.Position : null;
        var source = new CsvEventReader(utf8, policy: _policy);
        return await LoadAsync(source, options, progress, bytesTotal, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads events as values, with the same rules and messages as for a file.</summary>
    /// <remarks>
    /// Instants are truncated to the microsecond, toward the past. The row number of a rejected event is its position in the stream, from
    /// 1.
    /// </remarks>
    /// <param name="events">The events, enumerated once, on the thread pool.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the progress after each stored chunk; or <see langword="null"/>.</param>
    /// <param name="cancellationToken">
    /// Cancels before the next commit; committed chunks remain. It is also passed to the enumeration.
    /// </param>
    /// <returns>The outcome of all events.</returns>
    /// <exception cref="ArgumentException">An option is out of its range. The message lists all errors.</exception>
    /// <exception cref="RowRejectedException">More events are rejected than <see cref="UsageLoadOptions.RejectsMax"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<LoadReport> LoadAsync(
        IAsyncEnumerable<UsageEvent> events, UsageLoadOptions? options = null, IProgress<LoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        options ??= new UsageLoadOptions();
        options.Validate();
        var source = new TypedEventReader(events, _policy);
        return await LoadAsync(source, options, progress, bytesTotal: null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LoadReport> LoadAsync(
        ILoadSource<EventChunk> source, UsageLoadOptions options, IProgress<LoadProgress>? progress, long? bytesTotal,
        CancellationToken cancellationToken)
    {
        var target = new EventTarget(_store, options.ChunkRows);
        var pump = new LoadPump<EventChunk>(source, target, options.Limits, _clock, progress is null ? null : Report);
        var counts = await pump.RunAsync(cancellationToken).ConfigureAwait(false);
        var report = new LoadReport(counts.Sent, counts.Stored, counts.Duplicates, counts.Rejected, counts.Late, counts.Elapsed);
        LogLoaded(_logger, report.Sent, report.Stored, report.Duplicates, report.Rejected, report.Late, report.Duration.TotalSeconds);
        return report;

        void Report(LoadCounts done) => progress.Report(
            new LoadProgress(done.Sent, done.Stored, done.Duplicates, done.Rejected, done.BytesRead, bytesTotal, done.Elapsed));
    }

    [LoggerMessage(
        EventId = 2001, Level = LogLevel.Information,
        Message = "Loaded {Sent} rows in {Seconds:F1} s: {Stored} stored ({Late} late), {Duplicates} duplicates, {Rejected} rejected.")]
    private static partial void LogLoaded(
        ILogger logger, long sent, long stored, long duplicates, long rejected, long late, double seconds);
}
