using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>A table of the application as a usage source.</summary>
/// <param name="database">The database.</param>
/// <param name="source">The table.</param>
/// <param name="server">The name of another server than the store's, whose database the source disposes; null for the store's.</param>
internal sealed class MySqlTableSource(MySqlDatabase database, UsageTable source, string? server = null)
    : IUsageSource, IAsyncDisposable, IDisposable
{
    /// <summary>Where the server sums, statements have only what every engine of the protocol can execute.</summary>
    private readonly bool _isPortable = database.Options.SumPlan == SumPlan.ServerGroupBy;

    /// <summary>1 after the first validation: a full scan is reported once.</summary>
    private int _isScanReported;

    public string Name => source.Name;

    public IReadOnlyList<SourceMeter> Meters { get; } = source.Meters;

    /// <summary>With the server's address, which <c>MySqlSourceOptions.Name</c> omits from the identity.</summary>
    public string SliceKey => string.Join(", ", _isPortable ? [source.OccurredAtColumn] : source.SliceColumns)
        + (server is null ? "" : $" of {database.Location}");

    public async Task<string> IdentifyAsync(CancellationToken cancellationToken)
    {
        var table = await database.ReadAsync(
            connection => TableIdentity.FindAsync(connection, Name, source.Table, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return server is null ? table : $"{server}/{table}";
    }

    public Task ValidateAsync(CancellationToken cancellationToken) => database.ReadInBulkAsync(
        async connection =>
        {
            await JoinedTables.RequireUniqueAsync(connection, source, cancellationToken).ConfigureAwait(false);
            if (Volatile.Read(ref _isScanReported) == 0)
            {
                await FullScan.ReportAsync(
                    connection, source, _isPortable, FullScan.RowsMin, database.Server.Logger, cancellationToken).ConfigureAwait(false);
                Volatile.Write(ref _isScanReported, 1);
            }

            await SourceInstants.CheckAsync(connection, source, _isPortable, cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => FirstEvents.FindAsync(connection, source, _isPortable, from, cancellationToken),
            cancellationToken);

    public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken)
    {
        var counted = source.WithMeters(day.Meters);
        return database.ReadAsync(connection => SliceAsync(connection, counted, day, rowsMax, cancellationToken), cancellationToken);
    }

    public Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        var counted = source.WithMeters(day.Meters);
        return database.ReadInBulkAsync(
            connection => SumAsync(connection, counted, day, slice, database.Options.SumPlan, totals, cancellationToken),
            cancellationToken);
    }

    public ValueTask DisposeAsync() => server is null ? ValueTask.CompletedTask : database.DisposeAsync();

    public void Dispose()
    {
        if (server is not null)
            database.Dispose();
    }

    private async Task<IReadOnlyList<SourceSlice>> SliceAsync(
        MySqlConnection connection, UsageTable counted, SourceDay day, int rowsMax, CancellationToken cancellationToken)
    {
        var table = await SourceTable.FindAsync(connection, counted, _isPortable, day, cancellationToken).ConfigureAwait(false);
        var rows = EventRows.Of(table, day.Range);
        try
        {
            return await SourceErrors.ReadAsync(counted, () => SlicePlanner.CutAsync(connection, rows, rowsMax, cancellationToken))
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException)
        {
            // The driver can't represent a date of the key.
            if (await BadRow.FindKeyAsync(connection, table, rows, cancellationToken).ConfigureAwait(false) is { } named)
                throw named;
            throw;
        }
    }

    private async Task<long> SumAsync(
        MySqlConnection connection, UsageTable counted, SourceDay day, SourceSlice? slice, SumPlan plan, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        var table = await SourceTable.FindAsync(connection, counted, _isPortable, day, cancellationToken).ConfigureAwait(false);
        var rows = EventRows.Of(table, day.Range);
        var keys = slice ?? rows.All;
        var count = plan == SumPlan.ServerGroupBy
            ? await SourceGroups.SumAsync(connection, table, rows, keys, totals, cancellationToken).ConfigureAwait(false)
            : await SourceStream.SumAsync(connection, table, rows, keys, totals, cancellationToken).ConfigureAwait(false);
        await SourceInstants.CheckAsync(connection, table, rows, day.Range, keys, cancellationToken).ConfigureAwait(false);
        return count;
    }
}
