using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Usage;

/// <summary>A row of the table <c>usage_outbox</c>.</summary>
internal sealed record OutboxEvent
{
    public string EventId { get; init; } = "";

    /// <summary>Unix microseconds.</summary>
    public long OccurredAt { get; init; }

    public string Meter { get; init; } = "";

    public string ItemId { get; init; } = "";

    public string PayeeId { get; init; } = "";

    public long Quantity { get; init; }
}

/// <summary>
/// Stores events in the transaction of their plays, and sends them to ClickHouse afterwards. An event is deleted once ClickHouse has
/// confirmed it, so that each arrives at least once; the source counts it once (<see cref="ClickHouseUsageOptions.AddSource"/>).
/// </summary>
internal sealed class UsageOutbox(
    PlatformDatabase database, ClickHouseInserts inserts, ClickHouseUsageOptions options, TimeProvider clock)
    : PlayUsage
{
    /// <summary>The age from which an instance also sends the events of others, which may be dead.</summary>
    public static readonly TimeSpan OrphanedAfter = TimeSpan.FromSeconds(30);

    private static readonly RowWrite InsertEvent = RowWrite.Insert("usage_outbox",
    [
        ("event_id", ColumnKind.Id), ("occurred_at", ColumnKind.Integer), ("meter", ColumnKind.Text), ("item_id", ColumnKind.Text),
        ("payee_id", ColumnKind.Text), ("quantity", ColumnKind.Integer), ("instance", ColumnKind.Text),
    ]);

    public override bool IsReconciled => true;

    public override Task WriteAsync(Sql statements, IReadOnlyList<UsageEvent> events) => statements.WriteAsync(new RowBatch(
        InsertEvent,
        [.. events.Select(e => new object?[]
        {
            e.EventId.ToString("N"), UnixMicroseconds.From(e.OccurredAt), e.Meter, e.ItemId, e.PayeeId, e.Quantity, InstanceRegistry.Name,
        })]));

    public override Task ForwardAsync(DateTimeOffset before, CancellationToken cancellationToken) => SendAsync(
        "occurred_at < @before", new { before = UnixMicroseconds.From(before), count = options.BatchRowsMax }, cancellationToken);

    /// <summary>Sends the events of this instance, and those that others have not sent in time.</summary>
    public Task ForwardOwnAndOrphanedAsync(CancellationToken cancellationToken) => SendAsync(
        "instance = @me OR occurred_at < @orphaned",
        new
        {
            me = InstanceRegistry.Name, orphaned = UnixMicroseconds.From(clock.GetUtcNow() - OrphanedAfter), count = options.BatchRowsMax,
        },
        cancellationToken);

    /// <summary>Returns the instant of the earliest event that is not sent; null if all are.</summary>
    public async Task<DateTimeOffset?> FindEarliestAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(sql => sql.FindAsync<long?>("SELECT MIN(occurred_at) FROM usage_outbox"), cancellationToken) is { } at
            ? UnixMicroseconds.ToInstant(at)
            : null;

    /// <summary>
    /// Sends events in the order of their ids, until a statement sent fewer than its maximum: all that were committed before it are sent
    /// then, while plays may commit further ones without end. Two instances may send the same event: it counts once.
    /// </summary>
    private async Task SendAsync(string condition, object parameters, CancellationToken cancellationToken)
    {
        while (true)
        {
            var events = await database.ReadAsync(
                sql => sql.ListAsync<OutboxEvent>(
                    $"""
                    SELECT event_id, occurred_at, meter, item_id, payee_id, quantity FROM usage_outbox WHERE {condition}
                    ORDER BY event_id LIMIT @count
                    """,
                    parameters),
                cancellationToken);
            if (events.Count == 0)
                return;
            await inserts.InsertAsync(events, cancellationToken);
            var ids = events.Select(e => e.EventId).ToList();
            await database.WriteAsync(
                sql => sql.ExecuteAsync("DELETE FROM usage_outbox WHERE event_id IN @ids", new { ids }), cancellationToken);
            if (events.Count < options.BatchRowsMax)
                return;
        }
    }
}
