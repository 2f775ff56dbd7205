using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.MySql.Database;

namespace Settlement.MySql.Sums;

/// <summary>Finds the earliest event of a table.</summary>
internal static class FirstEvents
{
    public static async Task<DateTimeOffset?> FindAsync(
        MySqlConnection connection, EventSource? source, DateTimeOffset? from, CancellationToken cancellationToken)
    {
        if (source is not null)
            await SourceTable.FindAsync(connection, source, cancellationToken).ConfigureAwait(false);
        var format = source?.OccurredAtFormat ?? InstantFormat.Text;
        var column = Sql.Name(source?.OccurredAtColumn ?? "occurred_at");

        // Dates as text: the least may be one that no calendar has, and a driver has no value for.
        var least = format == InstantFormat.Text ? $"CAST(min({column}) AS CHAR)" : $"min({column})";
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // names are quoted; the filter is the application's program
        command.CommandText = $"SELECT {least} FROM {Sql.Table(source?.Table ?? "billable_events")} WHERE {(from is null ? "1 = 1" : $"{column} >= @from")}{Sql.And(source?.Filter)}";
#pragma warning restore CA2100
        if (from is { } instant)
            command.Parameters.AddWithValue("from", InstantFormats.Bound(format, instant));
        var first = await SourceErrors.ReadAsync(source, () => command.ExecuteScalarAsync(cancellationToken)).ConfigureAwait(false);
        if (first is null or DBNull)
            return null;
        if (InstantFormats.Instant(format, first) is { } found)
            return found;
        if (source is not null)
            await SourceInstants.CheckAsync(connection, source, cancellationToken).ConfigureAwait(false);
        throw new EventSourceException(
            $"Source '{source?.Name}': column {source?.OccurredAtColumn} of table {source?.Table} held '{first}', which is not an instant of the format {format} "
            + $"between {SupportedInstants.First:O} and {SupportedInstants.End:O}, and the row is gone now. Close the day again.");
    }
}
