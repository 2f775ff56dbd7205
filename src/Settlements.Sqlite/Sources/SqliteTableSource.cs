using Microsoft.Extensions.Logging;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>A table of the application in the store's file, as a usage source.</summary>
/// <param name="database">The store's file.</param>
/// <param name="table">The table.</param>
/// <param name="logger">The store's logger.</param>
internal sealed class SqliteTableSource(SqliteDatabase database, UsageTable table, ILogger logger) : IUsageSource
{
    /// <summary>1 after the first validation: a full scan is reported once.</summary>
    private int _isScanReported;

    public string Name => table.Name;

    public IReadOnlyList<SourceMeter> Meters { get; } = table.Meters;

    public string SliceKey => string.Join(", ", table.SliceColumns);

    public Task<string> IdentifyAsync(CancellationToken cancellationToken) =>
        Task.FromResult(TableIdentity.Find(database, Name, table.Table));

    public Task ValidateAsync(CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var rows = EventRows.Of(table, new UtcRange(SupportedInstants.First, SupportedInstants.End));
        ApplicationTableSummer.RequireNames(connection, table, rows);
        JoinedTables.RequireUnique(connection, table, new SourceSql(table));
        PayeeStarts.Check(connection, table, cancellationToken);
        var count = SourceInstants.Check(connection, table, cancellationToken);
        if (Interlocked.Exchange(ref _isScanReported, 1) == 0)
            FullScan.Report(connection, table, count, FullScan.RowsMin, logger);
        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(SourceInstants.FindFirst(connection, table, from));
    }

    public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var rows = EventRows.Of(table, day.Range);
        rows.RequireKeysWithoutNull(connection);
        return Task.FromResult<IReadOnlyList<SourceSlice>>(SlicePlanner.Cut(connection, rows, rowsMax, cancellationToken));
    }

    public Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var rows = EventRows.Of(table, day.Range);
        return Task.FromResult(ApplicationTableSummer.Sum(
            connection, table.WithMeters(day.Meters), day, rows, slice ?? rows.All, totals, cancellationToken));
    }
}
