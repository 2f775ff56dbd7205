using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// The definition of an application's table and of the tables that it is joined with, from the server's catalogue, validated against the
/// source's definition.
/// </summary>
internal sealed class SourceTable
{
    private readonly SourceCatalogue _catalogue;

    private SourceTable(UsageTable source, SourceCatalogue catalogue, SourceDay? day)
    {
        Source = source;
        _catalogue = catalogue;
        Day = day?.Date ?? BusinessCalendar.LastDay;
        Payee = source.PayeeHistory is { } history
            ? PayeeLookup.Of(source, history, catalogue, Day, day?.Range.End ?? SupportedInstants.End)
            : Column(source.PayeeColumn!);
        ByColumns = [.. source.ByColumns.Select(Column)];
    }

    public UsageTable Source { get; }

    /// <summary>The usage date as of which payees are looked up.</summary>
    public DateOnly Day { get; }

    /// <summary>The index that starts with the key, by which chunks are read; null for none.</summary>
    public string? Index { get; private init; }

    /// <summary>The index that starts with the instant; null for none.</summary>
    public string? InstantIndex { get; private init; }

    /// <summary>The columns by which the rows of a day are divided.</summary>
    public IReadOnlyList<string> SliceColumns { get; private init; } = [];

    /// <summary>Whether they are the instant alone, which several rows may share.</summary>
    public bool IsSlicedByInstant { get; private init; }

    /// <summary>Whether the table is a view.</summary>
    public bool IsView { get; private init; }

    /// <summary>
    /// Whether the rows of a range of instants are found without reading the others: by an index, or by that of a view's table.
    /// </summary>
    public bool IsFoundByInstant { get; private init; }

    /// <summary>The payee's column, or the lookup of the payee.</summary>
    public SourceColumn Payee { get; }

    /// <summary>The columns whose values select meters.</summary>
    public IReadOnlyList<SourceColumn> ByColumns { get; }

    public SourceColumn Column(string name) => _catalogue.Find(name)!;

    /// <summary>Returns the table, which is read by an index if there is one, and its joins.</summary>
    public string From(string? index) => Sql.Table(Source.Table) + (index is null ? "" : $" FORCE INDEX ({Sql.Name(index)})")
        + string.Concat(Source.Joins.Select(join => $" LEFT JOIN {Sql.Table(join.Table)} ON " + string.Join(
            " AND ", join.Columns.Select(c => SameId.Of(
                _catalogue.FindOfJoin(join.Name, c.To)!, $"{Sql.Name(join.Name)}.{Sql.Name(c.To)}", Column(c.From))))));

    /// <summary>Reads the catalogue.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="source">The source.</param>
    /// <param name="isPortable">Whether statements have neither hints nor a key, for engines that only speak the protocol.</param>
    /// <param name="day">The day whose rows are read; null when payees aren't read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<SourceTable> FindAsync(
        MySqlConnection connection, UsageTable source, bool isPortable, SourceDay? day, CancellationToken cancellationToken)
    {
        var catalogue = await SourceCatalogue.ReadAsync(connection, source, cancellationToken).ConfigureAwait(false);
        var errors = SourceValidation.Validate(source, catalogue).ToList();
        IReadOnlyList<SourceIndex> indexes = catalogue.IsView || isPortable
            ? [] : await SourceIndex.ListAsync(connection, source.Table, catalogue.Engine, cancellationToken).ConfigureAwait(false);
        List<string> key = [.. source.KeyColumns.Select(k => source.Resolve(k).Column)];
        var index = key.Count == 0 ? null : indexes.FirstOrDefault(i => i.IsUsed && i.StartsWith(key));
        if (source.KeyColumns.Count > 0 && catalogue.IsView)
        {
            errors.Add("it is a view, whose rows can't be read by a key. Remove Key(…): a view is divided by ranges of instants, for "
                + "which the view's underlying table needs an index that starts with the instant");
        }
        else if (source.KeyColumns.Count > 0 && index is null && errors.Count == 0 && !isPortable)
        {
            errors.Add(NoIndex(source, key, indexes.FirstOrDefault(i => i.StartsWith(key))));
        }

        if (errors.Count > 0)
            throw new UsageSourceException($"Source '{source.Name}' can't be read from table {source.Table}: {string.Join("; ", errors)}.");
        var (table, instant) = source.Resolve(source.OccurredAtColumn);
        var isOwn = table is null || table == UsageJoin.NameOf(source.Table);
        var instantIndex = isOwn ? indexes.FirstOrDefault(i => i.IsUsed && i.StartsWith([instant]))?.Name : null;
        return new SourceTable(source, catalogue, day)
        {
            Index = source.KeyColumns.Count == 0 ? instantIndex : index?.Name,
            InstantIndex = instantIndex,
            IsView = catalogue.IsView,
            IsFoundByInstant = instantIndex is not null || catalogue.IsView
                || (isPortable && isOwn && await HasIndexAsync(connection, source, instant, cancellationToken).ConfigureAwait(false)),
            SliceColumns = isPortable ? [source.OccurredAtColumn] : source.SliceColumns,
            IsSlicedByInstant = isPortable || source.KeyColumns.Count == 0,
        };
    }

    /// <summary>Returns whether the catalogue has an index that starts with a column, on engines without MySQL's SHOW INDEX.</summary>
    private static async Task<bool> HasIndexAsync(
        MySqlConnection connection, UsageTable source, string column, CancellationToken cancellationToken)
    {
        var parts = source.Table.Split('.', 2);
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
        command.CommandText = """
            SELECT count(*) FROM information_schema.statistics WHERE table_schema = coalesce(@schema, database()) AND table_name = @table
                AND seq_in_index = 1 AND column_name = @column
            """;
        command.Parameters.AddWithValue("schema", parts.Length == 2 ? parts[0] : null);
        command.Parameters.AddWithValue("table", parts[^1]);
        command.Parameters.AddWithValue("column", column);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture) > 0;
    }

    private static string NoIndex(UsageTable source, IReadOnlyList<string> columns, SourceIndex? unused)
    {
        var (key, table) = (string.Join(", ", columns), UsageJoin.NameOf(source.Table));
        return unused is null
            ? $"no index starts with the key ({key}), so every chunk would read the whole table: CREATE INDEX "
                + $"{table}_by_key ON {source.Table} ({key})"
            : $"index {unused.Name} starts with the key ({key}), but is IGNORED or INVISIBLE, so every chunk would read the whole table: "
                + $"on MariaDB ALTER TABLE {source.Table} ALTER INDEX {unused.Name} NOT IGNORED, on MySQL ALTER TABLE "
                + $"{source.Table} ALTER INDEX {unused.Name} VISIBLE";
    }
}
