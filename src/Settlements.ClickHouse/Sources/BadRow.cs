using Settlements.Stores;
using System.Text.Unicode;

namespace Settlements.ClickHouse;

/// <summary>Finds a row with an invalid value, to name it in the error.</summary>
internal sealed class BadRow(IStatements statements, SourceCatalogue catalogue, SourceSql sql)
{
    private const string Remedy = "Correct the row, or exclude it with Where(…).";

    private UsageTable Source => catalogue.Source;

    /// <summary>Finds a row of an invalid group.</summary>
    public Task<UsageSourceException> FindAsync(
        BadGroup group, Func<SourceInstant, string> range, DateOnly day, CancellationToken cancellationToken)
    {
        if (group.Part == BadPart.Payee && Source.PayeeHistory is { } history)
            return FindPayeeAsync(group, history, range, day, cancellationToken);
        var (name, needed) = group.Part switch
        {
            BadPart.Item => (Source.ItemColumn, NeededId),
            BadPart.Payee => (Source.PayeeColumn!, NeededId),
            _ => (Source.Measures[group.Measure].ByColumn!, FormattableString.Invariant(
                $"a text or an integer that makes meter '{Source.Measures[group.Measure].Meter}:value' at most {UsageEvent.TextLengthMax} ")
                + "characters"),
        };
        var column = sql.Column(name)!;
        return FindAsync(column, name, IsValue(column, group.Value), range, needed, Remedy, cancellationToken);
    }

    /// <summary>Finds a row whose quantity is null or too large.</summary>
    public Task<UsageSourceException> FindQuantityAsync(
        int measure, Func<SourceInstant, string> range, CancellationToken cancellationToken)
    {
        var name = Source.Measures[measure].QuantityColumn!;
        var column = sql.Column(name)!;
        return FindAsync(
            column, name, SliceSums.Invalid(column), range,
            FormattableString.Invariant($"an integer of at most {long.MaxValue}"), Remedy, cancellationToken);
    }

    /// <summary>Finds a row whose instant is null or out of range; null if there is none.</summary>
    public async Task<UsageSourceException?> FindInstantAsync(CancellationToken cancellationToken)
    {
        var instant = sql.Instant;
        var column = instant.Column;
        if (column is { Kind: SourceColumnKind.DateTime, IsNullable: false })
            return null;
        var shown = await RowAsync(
            column.IsNullable ? $"ifNull({instant.Shown}, 'null')" : instant.Shown,
            i => $"({i.Before(SupportedInstants.First)} OR {i.AtLeast(SupportedInstants.End)}"
                + $"{(column.IsNullable ? $" OR isNull({i.Column.Sql})" : "")})",
            "(1 = 1)", cancellationToken).ConfigureAwait(false);
        return shown is null ? null : Of(
            Source.OccurredAtColumn, shown[0] == "null" ? "null" : $"'{shown[0]}'", shown,
            FormattableString.Invariant(
                $"an instant in UTC from {SupportedInstants.First:yyyy-MM-dd} to {SupportedInstants.End.AddDays(-1):yyyy-MM-dd}"),
            "Correct the row, exclude it with Where(…), or set the column's format: OccurredAt(column, format).");
    }

    private static string NeededId =>
        FormattableString.Invariant($"a text of 1 to {UsageEvent.TextLengthMax} characters in UTF-8, or an integer");

    private async Task<UsageSourceException> FindPayeeAsync(
        BadGroup group, PayeeHistory history, Func<SourceInstant, string> range, DateOnly day, CancellationToken cancellationToken)
    {
        if (group.Value.Length > 0)
        {
            return new UsageSourceException(
                $"Source '{Source.Name}': column {history.PayeeColumn} of table {history.Table} holds {Shown(group.Value)} for the item "
                + $"{Shown(group.Item)} as of {day:O}; it must be {NeededId}. {Remedy}");
        }

        var item = sql.Column(Source.ItemColumn)!;
        var row = await RowAsync("''", range, IsValue(item, group.Item), cancellationToken).ConfigureAwait(false);
        return row is null ? Changed() : new UsageSourceException(FormattableString.Invariant(
            $"Source '{Source.Name}': table {history.Table} has no payee as of {day:O} for the item {Shown(group.Item)} of the ")
            + $"row of table {Source.Table} with {KeyText(row)}. Add a row with {history.FromColumn} on or before this day, or exclude the "
            + "item with Where(…).");
    }

    private async Task<UsageSourceException> FindAsync(
        SourceColumn column, string name, string condition, Func<SourceInstant, string> range, string needed, string remedy,
        CancellationToken cancellationToken)
    {
        var isNull = column.IsNullable ? $"isNull({column.Sql})" : "0";
        var row = await RowAsync(
            $"if({isNull}, 'null', concat('\\'', {Sql.AsText(column)}, '\\''))", range, condition, cancellationToken).ConfigureAwait(false);
        return row is null ? Changed() : Of(name, row[0], row, needed, remedy);
    }

    /// <summary>Returns a value and the keys of a row as texts; null when there is no such row.</summary>
    private async Task<string[]?> RowAsync(
        string value, Func<SourceInstant, string> range, string condition, CancellationToken cancellationToken)
    {
        var keys = Keys.Select(k => k == Source.OccurredAtColumn ? sql.Instant.Shown : $"toString({sql.Column(k)!.Sql})")
            .Select(k => $"ifNull({k}, 'null')").ToList();
        var rows = await new Shortened(statements).ReadAsync(
            $"SELECT {string.Join(", ", keys.Prepend(value))} {sql.Rows(range)} AND ({condition}) LIMIT 1", keys.Count + 1,
            cancellationToken).ConfigureAwait(false);
        return rows is [var row] ? row : null;
    }

    /// <summary>The columns by which a row is named: its key, else its instant and item.</summary>
    private IReadOnlyList<string> Keys =>
        Source.KeyColumns.Count > 0 ? Source.KeyColumns : [Source.OccurredAtColumn, Source.ItemColumn];

    private UsageSourceException Of(string column, string value, string[] row, string needed, string remedy) => new(
        $"Source '{Source.Name}': column {column} holds {value} in the row of table {Source.Table} with {KeyText(row)}; it must be "
        + $"{needed}. {remedy}");

    private string KeyText(string[] row) => string.Join(", ", Keys.Select((k, i) => $"{k} = {row[i + 1]}"));

    private UsageSourceException Changed() => new(
        $"Source '{Source.Name}': a row of table {Source.Table} had an invalid id or quantity, but was changed or deleted meanwhile. Close "
        + "the day again.");

    private static string Shown(byte[] value) =>
        Utf8.IsValid(value) ? $"'{MessageText.Escape(value)}'" : $"0x{Convert.ToHexString(value.AsSpan(0, Math.Min(value.Length, 40)))}";

    private static string IsValue(SourceColumn column, byte[] value)
    {
        if (value.Length > 0)
            return $"{Sql.AsText(column)} = {Sql.Bytes(value)}";
        return column.Kind == SourceColumnKind.FixedText || !column.IsNullable
            ? $"empty({Sql.AsText(column)})" : $"isNull({column.Sql}) OR empty({Sql.AsText(column)})";
    }

    /// <summary>Reads texts for messages: shortened, and without control characters or bytes that are not UTF-8.</summary>
    private sealed class Shortened(IStatements statements)
    {
        public async Task<IReadOnlyList<string[]>> ReadAsync(string sql, int columns, CancellationToken cancellationToken)
        {
            var rows = await TextRows.ReadAsync(statements, sql, columns, cancellationToken).ConfigureAwait(false);
            return [.. rows.Select(r => r.Select(v => MessageText.Escape(v)).ToArray())];
        }
    }
}
