using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Finds the earliest instant of a table.</summary>
internal static class FirstEvents
{
    /// <summary>Finds the earliest instant of the library's event table.</summary>
    public static async Task<DateTimeOffset?> FindAsync(
        MySqlConnection connection, DateTimeOffset? from, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
        command.CommandText = $"SELECT min(occurred_at) FROM usage_events WHERE {(from is null ? "1 = 1" : "occurred_at >= @from")}";
        if (from is { } instant)
            command.Parameters.AddWithValue("from", Sql.Instant(instant));
        var first = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        return first is DateTime found ? Sql.Instant(found) : null;
    }

    /// <summary>Finds the earliest instant of an application's table.</summary>
    /// <exception cref="UsageSourceException">The table can't be read, or the instant is invalid.</exception>
    public static async Task<DateTimeOffset?> FindAsync(
        MySqlConnection connection, UsageTable source, bool isPortable, DateTimeOffset? from, CancellationToken cancellationToken)
    {
        var table = await SourceTable.FindAsync(connection, source, isPortable, day: null, cancellationToken).ConfigureAwait(false);
        var format = source.OccurredAtFormat;
        var column = table.Column(source.OccurredAtColumn).Sql;

        // Dates are read as text: the least may be an impossible date, which the driver can't represent.
        var least = format == InstantFormat.Text ? $"CAST(min({column}) AS CHAR)" : $"min({column})";
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // names are quoted; the filter is the application's code
        command.CommandText =
            $"SELECT {least} FROM {table.From(index: null)} "
            + $"WHERE {(from is null ? "1 = 1" : $"{column} >= @from")}{Sql.And(source.Filter)}";
#pragma warning restore CA2100
        if (from is { } instant)
            command.Parameters.AddWithValue("from", InstantFormats.Bound(format, instant));
        var first = await SourceErrors.ReadAsync(source, () => command.ExecuteScalarAsync(cancellationToken)).ConfigureAwait(false);
        if (first is null or DBNull)
            return null;
        if (InstantFormats.Instant(format, first) is { } found)
            return found;
        await SourceInstants.CheckAsync(connection, source, isPortable, cancellationToken).ConfigureAwait(false);
        throw new UsageSourceException(
            $"Source '{source.Name}': column {source.OccurredAtColumn} of table {source.Table} held '{first}', "
            + $"which is not an instant of the format {format} between {SupportedInstants.First:O} and {SupportedInstants.End:O}, but "
            + $"the row was changed or deleted meanwhile. Close the day again.");
    }
}
