using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Finds rows whose instant is null, out of range or an impossible date, wherever they sort.</summary>
internal static class SourceInstants
{
    /// <summary>The number of years whose months one statement checks.</summary>
    private const int YearsPerStatement = 40;

    /// <summary>Throws if there is such a row. With an index that starts with the instant, only such rows are read.</summary>
    public static async Task CheckAsync(
        MySqlConnection connection, UsageTable source, bool isPortable, CancellationToken cancellationToken)
    {
        var table = await SourceTable.FindAsync(connection, source, isPortable, day: null, cancellationToken).ConfigureAwait(false);
        var column = table.Column(source.OccurredAtColumn);
        var (name, isDateTime) = (column.Sql, column.DataType.Equals("datetime", StringComparison.OrdinalIgnoreCase));
        var conditions = new List<string> { $"{name} < @first", $"{name} >= @end" };
        if (column.IsNullable)
            conditions.Add($"{name} IS NULL");
        if (isDateTime && !table.IsFoundByInstant)
            conditions.Add(ImpossibleDates.Of(column.Sql));
        await RequireNoneAsync(connection, table, string.Join(" OR ", conditions), cancellationToken).ConfigureAwait(false);
        if (!isDateTime || !table.IsFoundByInstant || await YearsAsync(connection, table, cancellationToken)
            .ConfigureAwait(false) is not var (first, last))
            return;
        for (var year = first; year <= last; year += YearsPerStatement)
        {
            var months = Enumerable.Range(0, Math.Min(YearsPerStatement, last - year + 1) * 12)
                .Select(new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths);
            await RequireNoneAsync(connection, table, ImpossibleDates.Before(column.Sql, months)!, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Throws if a slice that was just read has such a row: it would be counted on the day before or after.</summary>
    public static async Task CheckAsync(
        MySqlConnection connection, SourceTable table, EventRows rows, UtcRange range, SourceSlice slice,
        CancellationToken cancellationToken)
    {
        var column = table.Column(table.Source.OccurredAtColumn);
        if (column.Kind != SourceColumnKind.Instant
            || ImpossibleDates.Before(column.Sql, ImpossibleDates.Months(range)) is not { } condition)
            return;
        var command = rows.Select(connection, Columns(table, column), slice, $"AND {condition} LIMIT 1");
        await using var _ = command.ConfigureAwait(false);
        await RequireNoneAsync(command, table, column, cancellationToken).ConfigureAwait(false);
    }

    private static async Task RequireNoneAsync(
        MySqlConnection connection, SourceTable table, string condition, CancellationToken cancellationToken)
    {
        var source = table.Source;
        var column = table.Column(source.OccurredAtColumn);
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // names are quoted, dates are of a calendar; the filter is the application's code
        command.CommandText = $"SELECT {Columns(table, column)} FROM {From(table)} WHERE ({condition}){Sql.And(source.Filter)} LIMIT 1";
#pragma warning restore CA2100

        // A TIMESTAMP is compared with its minimum: its zero value sorts before it.
        var isTimestamp = column.DataType.Equals("timestamp", StringComparison.OrdinalIgnoreCase);
        command.Parameters.AddWithValue("first", isTimestamp
            ? DateTime.UnixEpoch.AddSeconds(1)
            : InstantFormats.Bound(source.OccurredAtFormat, SupportedInstants.First));
        command.Parameters.AddWithValue("end", InstantFormats.Bound(source.OccurredAtFormat, SupportedInstants.End));
        await RequireNoneAsync(command, table, column, cancellationToken).ConfigureAwait(false);
    }

    private static async Task RequireNoneAsync(
        MySqlCommand command, SourceTable table, SourceColumn column, CancellationToken cancellationToken)
    {
        var bad = await SourceErrors.ReadAsync(table.Source, async () =>
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? BadRow.Of(table.Source, reader, column.Name, InstantFormats.Needed(column, table.Source.OccurredAtFormat), InstantRemedy)
                : null;
        }).ConfigureAwait(false);
        if (bad is not null)
            throw bad;
    }

    private const string InstantRemedy = "Correct the row, exclude it with Where(…), or set the "
        + "column's format: OccurredAt(column, format).";

    /// <summary>
    /// Returns the first and the last year of valid instants from the ends of the index, without reading rows; null if there are none.
    /// </summary>
    private static async Task<(int First, int Last)?> YearsAsync(
        MySqlConnection connection, SourceTable table, CancellationToken cancellationToken)
    {
        var name = table.Column(table.Source.OccurredAtColumn).Sql;
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // names are quoted
        command.CommandText = $"SELECT year(min({name})), year(max({name})) FROM {From(table)} WHERE {name} >= @first AND {name} < @end";
#pragma warning restore CA2100
        command.Parameters.AddWithValue("first", Sql.Instant(SupportedInstants.First));
        command.Parameters.AddWithValue("end", Sql.Instant(SupportedInstants.End));
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && !reader.IsDBNull(0)
            ? (reader.GetInt32(0), reader.GetInt32(1)) : null;
    }

    private static string From(SourceTable table) => table.From(table.InstantIndex);

    private static string Columns(SourceTable table, SourceColumn column) =>
        string.Join(", ", [InstantFormats.Expression(column), .. table.Source.SliceColumns
            .Select(k => InstantFormats.Expression(table.Column(k)))]);
}
