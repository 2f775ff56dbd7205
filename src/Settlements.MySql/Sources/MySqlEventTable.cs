using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The library's event table as a usage source. Its values were validated when they were stored.</summary>
internal sealed class MySqlEventTable(MySqlDatabase database) : IUsageSource
{
    public string Name => IUsageSource.EventTableName;

    public IReadOnlyList<SourceMeter> Meters => [];

    public Task<string> IdentifyAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => TableIdentity.FindAsync(connection, Name, IUsageSource.EventTableName, cancellationToken), cancellationToken);

    public Task ValidateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => FirstEvents.FindAsync(connection, from, cancellationToken), cancellationToken);

    /// <summary>Returns a checksum of the day's events, which costs less than half of their sum, since the client reads one row.</summary>
    /// <remarks>
    /// A row is a product, since CRC is linear: in a sum of hashes alone, an exchange of payees between two rows often cancels out. Both
    /// factors are below 2^32, and their product is below 2^64.
    /// </remarks>
    public Task<string?> FindStateAsync(SourceDay day, CancellationToken cancellationToken) => database.ReadInBulkAsync(
        async connection =>
        {
            var rows = EventRows.OnTime(day.Range);
            var command = rows.Select(
                connection,
                "concat_ws(' ', count(*), sum(quantity), "
                    + "sum(crc32(concat_ws(X'FF', meter, item_id, payee_id)) "
                    + "* (crc32(payee_id) ^ ((quantity ^ (quantity >> 32)) & 4294967295))))",
                rows.All);
            await using var _ = command.ConfigureAwait(false);
            command.CommandTimeout = 0;
            return (string?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => SliceAsync(connection, day, rowsMax, cancellationToken), cancellationToken);

    public Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken) =>
        database.ReadInBulkAsync(
            connection => SumAsync(
                connection, day, slice, database.Options.SumPlan, database.Server.PacketBytesMax, totals, cancellationToken),
            cancellationToken);

    private static async Task<IReadOnlyList<SourceSlice>> SliceAsync(
        MySqlConnection connection, SourceDay day, int rowsMax, CancellationToken cancellationToken) =>
    [
        .. await SlicePlanner.CutAsync(connection, EventRows.OnTime(day.Range), rowsMax, cancellationToken).ConfigureAwait(false),
        .. await SlicePlanner.CutAsync(connection, EventRows.Late(day.Date), rowsMax, cancellationToken).ConfigureAwait(false),
    ];

    private static async Task<long> SumAsync(
        MySqlConnection connection, SourceDay day, SourceSlice? slice, SumPlan plan, long packetBytesMax, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        var count = 0L;
        if (slice is not { IsLate: true })
        {
            var rows = EventRows.OnTime(day.Range);
            count += plan == SumPlan.ServerGroupBy
                ? await EventTableSums.SumGroupsAsync(connection, rows, slice ?? rows.All, totals, cancellationToken).ConfigureAwait(false)
                : await EventTableSums.SumAsync(connection, rows, slice ?? rows.All, packetBytesMax, totals, cancellationToken)
                    .ConfigureAwait(false);
        }

        if (slice is null or { IsLate: true })
        {
            var rows = EventRows.Late(day.Date);
            count += await EventTableSums.SumLateAsync(connection, rows, slice ?? rows.All, day.Calendar, totals, cancellationToken)
                .ConfigureAwait(false);
        }

        return count;
    }
}
