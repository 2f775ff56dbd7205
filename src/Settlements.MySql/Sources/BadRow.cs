using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Finds the first invalid row of a chunk, to name it in the error.</summary>
internal static class BadRow
{
    public static async Task<Exception> FindAsync(
        MySqlConnection connection, SourceTable table, EventRows rows, SourceSlice slice, CancellationToken cancellationToken)
    {
        var source = table.Source;
        var checks = new List<(SourceColumn Column, string Condition, string Needed)>();
        foreach (var id in (SourceColumn[])[table.Column(source.ItemColumn), table.Payee])
            checks.Add((id, IdCondition(id, UsageEvent.TextLengthMax),
                FormattableString.Invariant($"text of 1 to {UsageEvent.TextLengthMax} characters or a whole number")));
        foreach (var measure in source.Measures.Where(m => m is { ByColumn: not null, OtherValue: null }))
        {
            var by = table.Column(measure.ByColumn!);
            checks.Add((by, IdCondition(by, UsageEvent.TextLengthMax - CodePoints.Count(measure.Meter) - 1), FormattableString.Invariant(
                $"text or a whole number that makes meter '{measure.Meter}:value' at most {UsageEvent.TextLengthMax} characters")));
        }

        foreach (var quantity in source.Measures.Select(m => m.QuantityColumn).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            var column = table.Column(quantity);
            checks.Add((column, FormattableString.Invariant($"({column.Sql} IS NULL OR {column.Sql} > {long.MaxValue})"),
                FormattableString.Invariant($"a whole number of at most {long.MaxValue}")));
        }

        foreach (var (column, condition, needed) in checks)
        {
            var keyColumns = string.Join(", ", source.SliceColumns.Select(k => InstantFormats.Expression(table.Column(k))));
            var command = rows.Select(
                connection, $"{column.Sql}, {keyColumns}", slice,
                $"AND {condition} ORDER BY {string.Join(", ", rows.Key)} LIMIT 1");
            await using var _ = command.ConfigureAwait(false);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                continue;
            if (source.PayeeHistory is { } history && column == table.Payee && reader.IsDBNull(0))
                return NoPayee(source, history, reader, table);
            return Of(source, reader, column.Name, needed, "Correct the row, or exclude it with Where(…).");
        }

        return new UsageSourceException(
            $"Source '{source.Name}': a row of table {source.Table} had an invalid id or quantity, but was changed "
                + "or deleted meanwhile. Close the day again.");
    }

    /// <summary>Creates the error for a row whose first value is invalid, and whose further values are its key.</summary>
    public static UsageSourceException Of(UsageTable source, MySqlDataReader row, string column, string needed, string remedy)
    {
        var key = source.SliceColumns.Select((k, i) => $"{k} = {(row.IsDBNull(i + 1) ? "null" : Display(row.GetValue(i + 1)))}");
        return new UsageSourceException(
            $"Source '{source.Name}': column {column} holds {(row.IsDBNull(0) ? "null" : $"'{Display(row.GetValue(0))}'")} in the row of "
            + $"table "
            + $"{source.Table} with {string.Join(", ", key)}; it must be {needed}. {remedy}");
    }

    private static UsageSourceException NoPayee(UsageTable source, PayeeHistory history, MySqlDataReader row, SourceTable table)
    {
        var key = source.SliceColumns.Select((k, i) => $"{k} = {(row.IsDBNull(i + 1) ? "null" : Display(row.GetValue(i + 1)))}");
        return new UsageSourceException(FormattableString.Invariant(
            $"Source '{source.Name}': table {history.Table} has no payee as of {table.Day:O} for the item of the row of table ")
            + $"{source.Table} with {string.Join(", ", key)}. Add a row with {history.FromColumn} on or before this day, or exclude the "
            + "item with Where(…).");
    }

    /// <summary>
    /// Finds the first row of a day with an impossible date in its key, by which the key can't be sliced; null if there is none.
    /// </summary>
    public static async Task<UsageSourceException?> FindKeyAsync(
        MySqlConnection connection, SourceTable table, EventRows rows, CancellationToken cancellationToken)
    {
        var source = table.Source;
        var shown = source.SliceColumns.Select(k => InstantFormats.Expression(table.Column(k))).ToList();
        foreach (var column in source.SliceColumns.Select(table.Column).Where(c => c.Kind == SourceColumnKind.Instant))
        {
            var command = rows.Select(
                connection, string.Join(", ", [InstantFormats.Expression(column), .. shown]), rows.All,
                $"AND {ImpossibleDates.Of(column.Sql)} LIMIT 1");
            await using var _ = command.ConfigureAwait(false);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return Of(
                    source, reader, column.Name, "a valid calendar date, since it is part of the key",
                    "Correct the row, exclude it with Where(…), or use another key: Key(…).");
            }
        }

        return null;
    }

    /// <summary>
    /// Returns the condition for an invalid id. Bytes that are not valid UTF-8 become question marks when they are converted.
    /// </summary>
    private static string IdCondition(SourceColumn column, int lengthMax)
    {
        var name = column.Sql;
        return column.Kind switch
        {
            SourceColumnKind.Text =>
                FormattableString.Invariant($"({name} IS NULL OR char_length({name}) NOT BETWEEN 1 AND {lengthMax})"),
            SourceColumnKind.Bytes => $"({name} IS NULL OR length({name}) = 0 OR CONVERT({name} USING utf8mb4) IS NULL "
                + FormattableString.Invariant(
                    $"OR CAST(CONVERT({name} USING utf8mb4) AS BINARY) <> {name} OR char_length(CONVERT({name} USING ")
                    + FormattableString.Invariant($"utf8mb4)) > {lengthMax})"),
            _ => $"{name} IS NULL",
        };
    }

    private static string Display(object value) => value switch
    {
        byte[] bytes => $"0x{Convert.ToHexString(bytes)}",
        DateTime instant => instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
