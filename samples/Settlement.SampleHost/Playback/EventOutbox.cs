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
internal sealed partial class EventOutbox(PlatformDatabase database, IEventIntake intake, ILogger<EventOutbox> logger) : IDisposable
{
    /// <summary>The most events that are sent in one transaction.</summary>
    private const int BatchMax = 2_000;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says when there may be something to send.</summary>
    public ChannelReader<bool> Signals => _signal.Reader;

    /// <summary>Notes events in a write of the caller's. After its commit, <see cref="Signal"/>.</summary>
    public static async Task AddAsync(Sql statements, IEnumerable<BillableEvent> events)
    {
        var rows = events.Select(e => new
        {
            id = e.EventId.ToString("N"), at = UnixMicroseconds.From(e.OccurredAt), e.Meter, e.ItemId, e.PayeeId, e.Quantity,
        }).ToList();
        if (rows.Count == 0)
            return;
        await statements.ExecuteAsync(
            """
            INSERT INTO unsent_events (event_id, occurred_at, meter, item_id, payee_id, quantity)
            VALUES (@id, @at, @Meter, @ItemId, @PayeeId, @Quantity)
            """,
            rows);
    }

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

        var refused = await intake.WriteAsync([.. rows.Select(r => r.Event())], cancellationToken);
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
