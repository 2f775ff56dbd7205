using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Loads events in bulk: reads one chunk while the store commits others. Each chunk is one transaction, which leaves nothing behind when
/// it fails; chunks that are stored stay. Loading the same rows again stores nothing and is no error. Thread-safe: each call is a load of its
/// own.
/// </summary>
/// <example>
/// <code>
/// await using var file = File.OpenRead("views.csv"); // event_id,occurred_at,meter,item_id,payee_id,quantity
/// var report = await engine.Events.LoadCsvAsync(file);
/// Console.WriteLine($"{report.Stored} stored, {report.Duplicates} were there, {report.Rejected} rejected");
/// </code>
/// </example>
public sealed partial class UsageLoader
{
    private readonly IEventStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly EventPolicy? _policy;

    /// <param name="store">Where events go.</param>
    /// <param name="clock">Measures how long a load takes.</param>
    /// <param name="logger">Is told of each load's end; <see langword="null"/> for no log.</param>
    /// <param name="policy">Which well-formed events are accepted; <see langword="null"/> for all.</param>
    internal UsageLoader(IEventStore store, TimeProvider clock, ILogger<UsageLoader>? logger = null, EventPolicy? policy = null) =>
        (_store, _clock, _logger, _policy) = (store, clock, logger ?? NullLogger<UsageLoader>.Instance, policy);

    /// <summary>Loads a CSV file by RFC 4180.</summary>
    /// <remarks>
    /// The header is exactly <c>event_id,occurred_at,meter,item_id,payee_id,quantity</c>, or that with <c>,reason,reference</c> after it: a
    /// UUID with hyphens; an instant as <c>yyyy-MM-ddTHH:mm:ss</c> with up to 6 decimals and <c>Z</c> or an offset; three texts of 1 to 64
    /// characters; a whole number other than 0, at most 10^12 either way; texts of at most 256 and 64 characters, absent when empty. A byte order mark at the start is skipped. Rows end with LF or CRLF, the last with the file, too.
    /// A wholly empty line is malformed, and so is a row of more than 65,536 bytes. An unclosed quote takes the rest of the file into its
    /// row. A well-formed row is rejected when its meter is neither priced nor declared, when no rate version covers its usage date, and when
    /// its instant is before <see cref="SettlementOptions.StartsOn"/> or more than <see cref="SettlementOptions.AheadMax"/> ahead.
    /// </remarks>
    /// <param name="utf8">Read from where it stands to its end, 1 MiB at most at once. It stays the caller's to dispose.</param>
    /// <param name="options">How to load; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Is told after each stored chunk; or <see langword="null"/>.</param>
    /// <param name="cancellationToken">
    /// Stops before the next commit; what was committed stays. The call returns when the stream's read has ended, so at once only if the
    /// stream heeds the token.
    /// </param>
    /// <returns>What became of every row.</returns>
    /// <exception cref="ArgumentException">The options are wrong; all that is wrong is said.</exception>
    /// <exception cref="RowRejectedException">The header is wrong, or more rows are rejected than
    /// <see cref="UsageLoadOptions.RejectsMax"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<LoadReport> LoadCsvAsync(
        Stream utf8, UsageLoadOptions? options = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        options ??= new UsageLoadOptions();
        options.Validate();
        long? bytesTotal = utf8.CanSeek ? utf8.Length - utf8.Position : null;
        var source = new CsvEventReader(utf8, policy: _policy);
        return await LoadAsync(source, options, progress, bytesTotal, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads events that come as values, by the rules of the file and with the same words for what is wrong with one.</summary>
    /// <remarks>Instants finer than a microsecond are cut, toward the past. A rejected event's row number is its place in the stream, from
    /// 1.</remarks>
    /// <param name="events">Enumerated once, on the thread pool.</param>
    /// <param name="options">How to load; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Is told after each stored chunk; or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops before the next commit; what was committed stays. It is given to the enumeration, too.</param>
    /// <returns>What became of every event.</returns>
    /// <exception cref="ArgumentException">The options are wrong; all that is wrong is said.</exception>
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
        Message = "Loaded {Sent} rows in {Seconds:F1} s: {Stored} stored ({Late} of them late), {Duplicates} duplicates, {Rejected} rejected.")]
    private static partial void LogLoaded(
        ILogger logger, long sent, long stored, long duplicates, long rejected, long late, double seconds);
}
