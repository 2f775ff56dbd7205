using System.Threading.Channels;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Playback;

/// <summary>
/// Events between their play and the settlement. They are written in the play's own transaction, so the two can't disagree; then they are sent,
/// and deleted once the settlement has committed them. What is sent twice, after a crash in between or by two hosts, counts once: an event's id
/// follows from its play. Thread-safe.
/// </summary>
internal sealed partial class EventOutbox(PlatformDatabase database, SettlementEngine engine, ILogger<EventOutbox> logger) : IDisposable
{
    /// <summary>The most events that are sent in one transaction: no more than the settlement's writer takes together by default.</summary>
    private const int BatchMax = 1_000;

    private static readonly (string Name, ColumnKind Kind)[] Columns =
    [
        ("event_id", ColumnKind.Id), ("occurred_at", ColumnKind.Whole), ("meter", ColumnKind.Text), ("item_id", ColumnKind.Text),
        ("payee_id", ColumnKind.Text), ("quantity", ColumnKind.Whole),
    ];

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says when there may be something to send.</summary>
    public ChannelReader<bool> Signals => _signal.Reader;

    /// <summary>Notes events in a write of the caller's. After its commit, <see cref="Signal"/>.</summary>
    public static Task AddAsync(Sql statements, IEnumerable<BillableEvent> events) => statements.ExecuteAsync(
        $"""
        INSERT INTO unsent_events (event_id, occurred_at, meter, item_id, payee_id, quantity)
        SELECT event_id, occurred_at, meter, item_id, payee_id, quantity FROM {statements.Dialect.Rows(Columns)} r
        """,
        [.. events.Select(e => new object?[]
        {
            e.EventId.ToString("N"), UnixMicroseconds.From(e.OccurredAt), e.Meter, e.ItemId, e.PayeeId, e.Quantity,
        })]);

    public void Signal() => _signal.Writer.TryWrite(true);

    /// <summary>Sends all that is there, of every host of this database. A day is closed after this, so that nothing of it is on its way.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            for (var sent = BatchMax; sent == BatchMax;)
                sent = await SendBatchAsync(cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Dispose() => _sending.Dispose();

    private async Task<int> SendBatchAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            statements => statements.ListAsync<Row>(
                """
                SELECT event_id, occurred_at, meter, item_id, payee_id, quantity FROM unsent_events WHERE refusal IS NULL LIMIT @count
                """,
                new { count = BatchMax }),
            cancellationToken);
        if (rows.Count == 0)
            return 0;

        var refused = await WriteAsync([.. rows.Select(r => r.Event())], cancellationToken);
        await database.WriteAsync(
            async statements =>
            {
                foreach (var some in rows.Where((_, i) => !refused.ContainsKey(i)).Select(r => r.EventId).Chunk(500))
                    await statements.ExecuteAsync("DELETE FROM unsent_events WHERE event_id IN @some", new { some });
                foreach (var (place, reason) in refused)
                {
                    await statements.ExecuteAsync(
                        "UPDATE unsent_events SET refusal = @reason WHERE event_id = @EventId", new { reason, rows[place].EventId });
                }
            },
            CancellationToken.None);
        foreach (var (place, reason) in refused)
            LogRefused(rows[place].EventId, reason);
        return rows.Count;
    }

    /// <summary>
    /// All together in one transaction. When one of them is refused, each for itself, so that the others get there: the writer gathers them again,
    /// and those that are refused fail alone. When the store fails, nothing is taken for refused.
    /// </summary>
    /// <returns>Those that are refused for good, by their place, and why; all others are committed.</returns>
    private async Task<IReadOnlyDictionary<int, string>> WriteAsync(IReadOnlyList<BillableEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await database.InTurnAsync(() => engine.Writer.WriteTogetherAsync(events, cancellationToken), cancellationToken);
            return new Dictionary<int, string>();
        }
        catch (EventRejectedException)
        {
            var reasons = await Task.WhenAll(events.Select(e => WriteOneAsync(e, cancellationToken)));
            return reasons.Index().Where(r => r.Item is not null).ToDictionary(r => r.Index, r => r.Item!);
        }
    }

    private async Task<string?> WriteOneAsync(BillableEvent one, CancellationToken cancellationToken)
    {
        try
        {
            await engine.Writer.WriteAsync(one, cancellationToken);
            return null;
        }
        catch (EventRejectedException e)
        {
            return e.Reason;
        }
    }

    [LoggerMessage(EventId = 101, Level = LogLevel.Error, Message = "The settlement does not take event {EventId}: {Reason} It is kept in unsent_events.")]
    private partial void LogRefused(string eventId, string reason);

    private sealed class Row
    {
        public string EventId { get; init; } = "";

        public long OccurredAt { get; init; }

        public string Meter { get; init; } = "";

        public string ItemId { get; init; } = "";

        public string PayeeId { get; init; } = "";

        public long Quantity { get; init; }

        public BillableEvent Event() => new(Guid.Parse(EventId), UnixMicroseconds.ToInstant(OccurredAt), Meter, ItemId, PayeeId, Quantity);
    }
}
