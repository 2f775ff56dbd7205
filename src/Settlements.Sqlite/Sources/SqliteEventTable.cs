using Dapper;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>The library's event table as a usage source. Its values were validated when they were stored.</summary>
internal sealed class SqliteEventTable(SqliteDatabase database) : IUsageSource
{
    public string Name => IUsageSource.EventTableName;

    public IReadOnlyList<SourceMeter> Meters => [];

    public Task<string> IdentifyAsync(CancellationToken cancellationToken) =>
        Task.FromResult(TableIdentity.Find(database, Name, IUsageSource.EventTableName));

    public Task ValidateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var first = connection.QuerySingle<long?>(
            "SELECT min(occurred_at) FROM usage_events WHERE occurred_at >= @from",
            new { from = from is { } instant ? UnixMicroseconds.From(instant) : long.MinValue });
        return Task.FromResult(first is { } at ? UnixMicroseconds.ToInstant(at) : (DateTimeOffset?)null);
    }

    /// <summary>
    /// Returns the number of the day's events, a sum of their units, and the number of updates and deletions that the table's triggers
    /// counted. Inserted rows change the first.
    /// </summary>
    public Task<string?> FindStateAsync(SourceDay day, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var rows = EventRows.OnTime(day.Range);
        using var state = rows.Select(
            connection, "count(*) || ' ' || coalesce(sum(quantity & 4294967295), 0) || ' ' || (SELECT sum(changes) FROM usage_changes)",
            rows.All);
        state.Step();
        return Task.FromResult<string?>(state.Text(0));
    }

    public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<SourceSlice>>(
            [.. Rows(day).SelectMany(rows => SlicePlanner.Cut(connection, rows, rowsMax, cancellationToken))]);
    }

    public Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var count = 0L;
        foreach (var rows in Rows(day).Where(rows => slice is null || rows.IsLate == slice.IsLate))
            count += new EventTableSummer(day.Calendar, totals, cancellationToken).Sum(connection, rows, slice ?? rows.All);
        return Task.FromResult(count);
    }

    private static IEnumerable<EventRows> Rows(SourceDay day) => [EventRows.OnTime(day.Range), EventRows.Late(day.Date)];
}
