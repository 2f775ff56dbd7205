using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Reads the events of the library's table that a filter matches, ordered by instant and event id.</summary>
/// <remarks>The filter's lists may have any length, so they are matched in .NET and not in the SQL statement.</remarks>
internal sealed class MatchingEvents : IDisposable
{
    /// <summary>Rows read between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 4096;

    private readonly SqliteStatement _row;
    private readonly HashSet<string>? _meters;
    private readonly HashSet<string>? _items;
    private readonly HashSet<string>? _payees;
    private readonly HashSet<Guid>? _ids;

    public MatchingEvents(SqliteConnection connection, UtcRange range, UsageFilter filter)
    {
        _meters = Set(filter.Meters);
        _items = Set(filter.ItemIds);
        _payees = Set(filter.PayeeIds);
        _ids = filter.EventIds.Count == 0 ? null : [.. filter.EventIds];

        // Events that exclude or reinstate others have the proposal as their reference.
        _row = new SqliteStatement(connection, $"""
            SELECT e.event_id, e.occurred_at, e.meter, e.item_id, e.payee_id, e.quantity, x.proposal_id
            FROM usage_events e LEFT JOIN excluded_events x ON x.event_id = e.event_id
            WHERE e.occurred_at >= ? AND e.occurred_at < ?
              AND (e.reference IS NULL
                   OR e.reference NOT IN (SELECT kind || ':' || proposal_id FROM proposals WHERE kind IN ('exclusion', 'reinstatement')))
              {(filter.Reference is null ? "" : "AND e.reference = ?")}
            ORDER BY e.occurred_at, e.event_id
            """);
        _row.Bind(1, UnixMicroseconds.From(range.Start)).Bind(2, UnixMicroseconds.From(range.End));
        if (filter.Reference is { } reference)
            _row.Bind(3, reference);
    }

    public IEnumerable<MatchedEvent> Read(CancellationToken cancellationToken)
    {
        var (meter, item, payee) = (new RepeatedText(), new RepeatedText(), new RepeatedText());
        for (var count = 0; _row.Step(); count++)
        {
            if (count % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (Has(_meters, meter, 2) && Has(_items, item, 3) && Has(_payees, payee, 4)
                && (_ids is null || _ids.Contains(new Guid(_row.Bytes(0), bigEndian: true))))
            {
                yield return Read(_row);
            }
        }
    }

    /// <summary>Reads an event from a row whose first seven columns are those of <see cref="MatchedEvent"/>.</summary>
    public static MatchedEvent Read(SqliteStatement row) => new(
        new Guid(row.Bytes(0), bigEndian: true), UnixMicroseconds.ToInstant(row.Int64(1)), row.Text(2), row.Text(3), row.Text(4),
        row.Int64(5),
        row.IsNull(6) ? null : row.Int64(6));

    public void Dispose() => _row.Dispose();

    private bool Has(HashSet<string>? wanted, RepeatedText text, int column)
    {
        if (wanted is null)
            return true;
        text.Read(_row.Bytes(column));
        return wanted.Contains(text.Text);
    }

    private static HashSet<string>? Set(IReadOnlyList<string> values) =>
        values.Count == 0 ? null : new HashSet<string>(values, StringComparer.Ordinal);
}
