using System.Globalization;
using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>Finds a row with an invalid value and names it by its file and its number.</summary>
internal sealed class BadRows(DuckDbSession session, UsageTable table, SourceFiles files, SourceRelation relation, SourceErrors errors)
{
    private const string Remedy = "Correct the row, or exclude it with Where(…).";

    /// <summary>Finds a row of any day whose instant is invalid; null when the source's condition excludes all of them.</summary>
    public UsageSourceException? FindInstant(IEnumerable<SourceFile> listed)
    {
        var needed = string.Create(
            CultureInfo.InvariantCulture,
            $"an instant of the format {table.OccurredAtFormat} from {SupportedInstants.First:yyyy-MM-dd} to "
            + $"{SupportedInstants.End.AddDays(-1):yyyy-MM-dd}");
        return Find(listed, "true", relation.OccurredAt,
            Conditions.InvalidInstant(relation.OccurredAt.Microseconds(table.OccurredAtFormat)), needed);
    }

    /// <summary>Finds a row of a slice with an invalid id or quantity; null when there is none any more.</summary>
    public UsageSourceException? FindValue(IReadOnlyList<SourceFile> listed, string within)
    {
        var id = FormattableString.Invariant($"text of 1 to {UsageEvent.TextLengthMax} characters, a UUID or an integer");
        foreach (var column in new[] { relation.Item, relation.Payee }.OfType<SourceColumn>())
        {
            if (Find(listed, within, column, Conditions.InvalidId(column), id) is { } found)
                return found;
        }

        foreach (var measure in table.Measures)
        {
            var quantity = measure.QuantityColumn is { } name ? relation.Column(name) : null;
            if (quantity is not null && Find(listed, within, quantity, $"{quantity.Quantity} IS NULL", "a 64-bit integer") is { } found)
                return found;
            if (measure is not { ByColumn: { } by, OtherValue: null })
                continue;
            var value = relation.Column(by);
            var lengthMax = UsageEvent.TextLengthMax - CodePoints.Count(measure.Meter) - 1;
            var isCounted = quantity is null ? "" : $" AND {quantity.Quantity} <> 0";
            var needed = FormattableString.Invariant(
                $"text or an integer that makes meter '{measure.Meter}:value' at most {UsageEvent.TextLengthMax} characters");
            if (Find(listed, within, value, $"{Conditions.InvalidText(value.TextOf(value.Expression), lengthMax)}{isCounted}",
                needed) is { } other)
                return other;
        }

        return null;
    }

    private UsageSourceException? Find(IEnumerable<SourceFile> listed, string within, SourceColumn column, string condition, string needed)
    {
        // The numbers of rows are those of one file. Only a file that is known to have such a row is read to the end.
        foreach (var file in listed)
        {
            UsageSourceException? found = null;
            session.Read($"""
                SELECT CAST({column.Expression} AS VARCHAR), {Sql.Name(relation.Name)}.source_row FROM
                    {relation.FromWithRowNumbers(file.Path)}
                WHERE {within}{Sql.And(table.Filter)} AND ({condition}) LIMIT 1
                """, row =>
            {
                var value = row.IsDBNull(0) ? "null" : $"'{MessageText.Escape(row.GetString(0))}'";
                var place = files.Format == FileFormat.Database
                    ? $"a row of {table.Table} in {file.Path}"
                    : string.Create(CultureInfo.InvariantCulture, $"row {row.GetInt64(1)} of file {file.Path}");
                found = errors.Of($"column {column.Name} holds {value} in {place}; it must be {needed}. {Remedy}");
            });
            if (found is not null)
                return found;
        }

        return null;
    }
}
