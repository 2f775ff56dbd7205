using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>A table of the application on the store's server as a usage source.</summary>
internal sealed class MySqlTableSource(MySqlDatabase database, UsageTable source) : IUsageSource
{
    public string Name => source.Name;

    public IReadOnlyList<SourceMeter> Meters { get; } = source.Meters;

    public Task<string> IdentifyAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => TableIdentity.FindAsync(connection, Name, source.Table, cancellationToken), cancellationToken);

    public Task ValidateAsync(CancellationToken cancellationToken) => database.ReadInBulkAsync(
        async connection =>
        {
            await SourceInstants.CheckAsync(connection, source, cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => FirstEvents.FindAsync(connection, source, from, cancellationToken), cancellationToken);

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

    private static async Task<IReadOnlyList<SourceSlice>> SliceAsync(
        MySqlConnection connection, UsageTable counted, SourceDay day, int rowsMax, CancellationToken cancellationToken)
    {
        var table = await SourceTable.FindAsync(connection, counted, cancellationToken).ConfigureAwait(false);
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

    private static async Task<long> SumAsync(
        MySqlConnection connection, UsageTable counted, SourceDay day, SourceSlice? slice, SumPlan plan, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        var table = await SourceTable.FindAsync(connection, counted, cancellationToken).ConfigureAwait(false);
        var rows = EventRows.Of(table, day.Range);
        var keys = slice ?? rows.All;
        var count = plan == SumPlan.ServerGroupBy
            ? await SourceGroups.SumAsync(connection, table, rows, keys, totals, cancellationToken).ConfigureAwait(false)
            : await SourceStream.SumAsync(connection, table, rows, keys, totals, cancellationToken).ConfigureAwait(false);
        await SourceInstants.CheckAsync(connection, table, rows, day.Range, keys, cancellationToken).ConfigureAwait(false);
        return count;
    }
}
