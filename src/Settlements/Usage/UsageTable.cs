using System.Diagnostics.CodeAnalysis;
using Settlements.Stores;

namespace Settlements;

/// <summary>The format in which a table of the application stores instants. Always UTC.</summary>
public enum InstantFormat
{
    /// <summary>
    /// Not numeric: on MySQL a DATETIME (in UTC) or TIMESTAMP; on SQLite text of the form <c>yyyy-MM-dd HH:mm:ss</c>, with or without a
    /// fraction, as <c>datetime()</c> and Microsoft.Data.Sqlite write it.
    /// </summary>
    Text,

    /// <summary>Whole seconds since 1970-01-01T00:00:00Z.</summary>
    UnixSeconds,

    /// <summary>Whole milliseconds since 1970-01-01T00:00:00Z.</summary>
    UnixMilliseconds,

    /// <summary>Whole microseconds since 1970-01-01T00:00:00Z.</summary>
    UnixMicroseconds,
}

/// <summary>
/// A table of the application that is a usage source. It is read and never written. Immutable; created by
/// <see cref="UsageTableBuilder"/>.
/// </summary>
public sealed class UsageTable
{
    internal UsageTable() { }

    internal UsageTable(UsageTable other)
    {
        (Name, Table, Joins, KeyColumns) = (other.Name, other.Table, other.Joins, other.KeyColumns);
        (OccurredAtColumn, OccurredAtFormat, ItemColumn) = (other.OccurredAtColumn, other.OccurredAtFormat, other.ItemColumn);
        (PayeeColumn, PayeeHistory, Filter, CountedThrough) = (other.PayeeColumn, other.PayeeHistory, other.Filter, other.CountedThrough);
        (Measures, Reader) = (other.Measures, other.Reader);
    }

    /// <summary>Gets the name of the source, used in progress and errors.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Gets the name of the table, or <c>schema.table</c>; empty for a source that reads files.</summary>
    [Experimental("SETTLE001")]
    public string Table { get; internal init; } = "";

    /// <summary>Gets the tables that are joined to each row, in order; empty for none.</summary>
    [Experimental("SETTLE001")]
    public IReadOnlyList<UsageJoin> Joins { get; internal init; } = [];

    /// <summary>
    /// Gets the columns of the clustering key in order: unique in combination, and the first columns of an index. Empty for none: a day is
    /// then divided by ranges of instants.
    /// </summary>
    [Experimental("SETTLE001")]
    public IReadOnlyList<string> KeyColumns { get; internal init; } = [];

    /// <summary>Gets the column of the instant.</summary>
    [Experimental("SETTLE001")]
    public string OccurredAtColumn { get; internal init; } = "";

    /// <summary>Gets the format of <see cref="OccurredAtColumn"/>.</summary>
    [Experimental("SETTLE001")]
    public InstantFormat OccurredAtFormat { get; internal init; }

    /// <summary>Gets the column of the item id.</summary>
    [Experimental("SETTLE001")]
    public string ItemColumn { get; internal init; } = "";

    /// <summary>Gets the column of the payee id; null when <see cref="PayeeHistory"/> has the payee.</summary>
    [Experimental("SETTLE001")]
    public string? PayeeColumn { get; internal init; }

    /// <summary>Gets the table that has the payee of an item as of a usage date; null when <see cref="PayeeColumn"/> has it.</summary>
    [Experimental("SETTLE001")]
    public PayeeHistory? PayeeHistory { get; internal init; }

    /// <summary>
    /// Gets the SQL condition of the rows that count, in the dialect of the engine that reads the table; null for all rows. It must come
    /// from the program and never from user input.
    /// </summary>
    [Experimental("SETTLE001")]
    public string? Filter { get; internal init; }

    /// <summary>Gets the last business day whose rows count, included; null for no end.</summary>
    [Experimental("SETTLE001")]
    public DateOnly? CountedThrough { get; internal init; }

    /// <summary>Gets the measures of a row; at least one.</summary>
    [Experimental("SETTLE001")]
    public IReadOnlyList<UsageMeasure> Measures { get; internal init; } = [];

    /// <summary>Gets the meters of <see cref="Measures"/> in the form of <see cref="IUsageSource.Meters"/>. For store authors.</summary>
    [Experimental("SETTLE001")]
    public IReadOnlyList<SourceMeter> Meters =>
        [.. Measures.Select(m => new SourceMeter(m.Meter, Definition(m), m.CountedFrom, CountedThrough)
        {
            Per = m.Per, HasValues = m.ByColumn is not null,
        })];

    /// <summary>Gets the columns by which a day is divided: <see cref="KeyColumns"/>, else the instant. For store authors.</summary>
    [Experimental("SETTLE001")]
    public IReadOnlyList<string> SliceColumns => KeyColumns.Count > 0 ? KeyColumns : [OccurredAtColumn];

    /// <summary>Gets the columns of the values that select meters, each once. For store authors.</summary>
    [Experimental("SETTLE001")]
    public IReadOnlyList<string> ByColumns => [.. Measures.Select(m => m.ByColumn).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Gets the name of <see cref="PayeeHistory"/> in statements, which no other table of the source has.</summary>
    internal string PayeeHistoryAlias
    {
        get
        {
            var alias = "payee_history";
            while (Joins.Select(j => j.Name).Prepend(UsageJoin.NameOf(Table)).Contains(alias, StringComparer.OrdinalIgnoreCase))
                alias += "_";
            return alias;
        }
    }

    /// <summary>The engine that reads the table; null for the store's.</summary>
    internal IUsageTableReader? Reader { get; init; }

    /// <summary>Returns the table with only the measures of some meters. For store authors.</summary>
    /// <param name="meters">The meters whose measures are kept.</param>
    /// <returns>The table with the measures of these meters.</returns>
    [Experimental("SETTLE001")]
    public UsageTable WithMeters(IReadOnlyList<SourceMeter> meters) =>
        new UsageTable(this) { Measures = [.. Measures.Where(measure => meters.Any(m => m.Meter == measure.Meter))] };

    /// <summary>Splits the name of a column into its table and its column. For store authors.</summary>
    /// <param name="column">A column of <see cref="Table"/>, or <c>table.column</c> with a joined table or the table itself.</param>
    /// <returns>
    /// The name of the table without its schema, by which statements refer to it; null for an unqualified column, which is of the table
    /// itself, or of the only joined table that has it.
    /// </returns>
    [Experimental("SETTLE001")]
    public (string? Table, string Column) Resolve(string column)
    {
        ArgumentNullException.ThrowIfNull(column);
        foreach (var table in Joins.Select(j => j.Name).Prepend(UsageJoin.NameOf(Table)))
        {
            if (column.Length > table.Length + 1 && column[table.Length] == '.'
                && column.StartsWith(table, StringComparison.OrdinalIgnoreCase))
            {
                return (table, column[(table.Length + 1)..]);
            }
        }

        return (null, column);
    }

    /// <summary>Returns the table with the values that the measures by column distinguish.</summary>
    internal UsageTable WithDeclaredMeters(IEnumerable<string> declared) =>
        Measures.All(m => m.ByColumn is null)
            ? this
            : new UsageTable(this) { Measures = [.. Measures.Select(m => m.WithDeclaredMeters(declared))] };

    private string Definition(UsageMeasure measure)
    {
        var payee = PayeeHistory is null ? PayeeColumn : PayeeHistory.ToString();
        var joins = string.Concat(Joins.Select(j => $" join {j}"));
        return $"{measure.Quantity} of {ItemColumn} for {payee} at {OccurredAtColumn} ({OccurredAtFormat}){joins}"
            + (Filter is null ? "" : $" where {Filter}");
    }
}
