using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores exclusions: excluded events of the library's table, and excluded sums of other sources.</summary>
internal sealed class SqliteExclusionStore(SqliteDatabase database) : IExclusionStore
{
    public Task<IReadOnlyList<ExcludedUsage>> ListBySourcesAsync(DateOnly usageDate, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var row = new SqliteStatement(connection, """
            SELECT usage_date, meter, item_id, payee_id, units, rows
            FROM (SELECT e.usage_date, e.meter, e.item_id, e.payee_id,
                         sum(CASE p.kind WHEN 'exclusion' THEN e.quantity ELSE -e.quantity END) AS units,
                         sum(CASE p.kind WHEN 'exclusion' THEN e.events ELSE -e.events END) AS rows
                  FROM exclusion_entries e JOIN proposals p ON p.proposal_id = e.proposal_id
                  WHERE e.usage_date = ? AND p.kind IN ('exclusion', 'reinstatement') AND p.state IN ('approved', 'done')
                  GROUP BY e.meter, e.item_id, e.payee_id)
            WHERE units <> 0 OR rows <> 0 ORDER BY meter, item_id, payee_id
            """);
        row.Bind(1, DayText.From(usageDate));
        return Task.FromResult<IReadOnlyList<ExcludedUsage>>(ReadEntries(row));
    }

    public async IAsyncEnumerable<MatchedEvent> MatchAsync(
        UtcRange range, UsageFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var events = new MatchingEvents(connection, range, filter);
        foreach (var matched in events.Read(cancellationToken))
            yield return matched;
        await Task.CompletedTask.ConfigureAwait(false);
    }

    public Task AddEventsAsync(
        DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedEvent> events, CancellationToken cancellationToken)
    {
        // Two approved exclusions may match the same event. The first to post it excludes it; the second is refused.
        using var insert = new SqliteStatement((SqliteConnection)transaction.Connection!, """
            INSERT INTO excluded_events (event_id, exclusion_event_id, proposal_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
            """);
        insert.Bind(3, proposalId);
        foreach (var excluded in events)
        {
            if (insert.Bind(1, excluded.EventId).Bind(2, excluded.ExclusionEventId).Execute() != 1)
            {
                throw new CorrectionRefusedException(
                    $"Event {excluded.EventId} is already excluded by another exclusion. Reinstate that exclusion first.");
            }
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<(ExcludedEvent Excluded, MatchedEvent Event)> ListEventsAsync(
        long proposalId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var row = new SqliteStatement(connection, """
            SELECT e.event_id, e.occurred_at, e.meter, e.item_id, e.payee_id, e.quantity, x.proposal_id, x.exclusion_event_id
            FROM excluded_events x CROSS JOIN usage_events e ON e.event_id = x.event_id
            WHERE x.proposal_id = ? ORDER BY e.occurred_at, e.event_id
            """);
        row.Bind(1, proposalId);
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var matched = MatchingEvents.Read(row);
            yield return (new ExcludedEvent(matched.EventId, new Guid(row.Bytes(7), bigEndian: true)), matched);
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    public Task RemoveEventsAsync(DbTransaction transaction, IReadOnlyList<Guid> events, CancellationToken cancellationToken)
    {
        using var delete = new SqliteStatement(
            (SqliteConnection)transaction.Connection!, "DELETE FROM excluded_events WHERE event_id = ?");
        foreach (var id in events)
            delete.Bind(1, id).Execute();
        return Task.CompletedTask;
    }

    public Task AddEntriesAsync(
        DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedUsage> entries, CancellationToken cancellationToken)
    {
        using var insert = new SqliteStatement((SqliteConnection)transaction.Connection!, """
            INSERT INTO exclusion_entries (proposal_id, usage_date, meter, item_id, payee_id, quantity, events) VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, proposalId);
        foreach (var entry in entries)
        {
            insert.Bind(2, DayText.From(entry.UsageDate)).Bind(3, entry.Meter).Bind(4, entry.ItemId).Bind(5, entry.PayeeId)
                .Bind(6, entry.Quantity)
                .Bind(7, entry.Events).Execute();
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ExcludedUsage>> ListEntriesAsync(long proposalId, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var row = new SqliteStatement(connection, """
            SELECT usage_date, meter, item_id, payee_id, quantity, events FROM exclusion_entries
            WHERE proposal_id = ? ORDER BY usage_date, meter, item_id, payee_id
            """);
        row.Bind(1, proposalId);
        return Task.FromResult<IReadOnlyList<ExcludedUsage>>(ReadEntries(row));
    }

    private static List<ExcludedUsage> ReadEntries(SqliteStatement row)
    {
        var entries = new List<ExcludedUsage>();
        while (row.Step())
            entries.Add(new ExcludedUsage(DayText.Parse(row.Text(0)), row.Text(1), row.Text(2), row.Text(3), row.Int64(4), row.Int64(5)));
        return entries;
    }
}
