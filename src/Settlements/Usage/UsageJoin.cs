using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Settlements.Stores;

/// <summary>
/// A table that is joined to each row of a usage table, at most one of its rows to each. A row without a match has null in all its columns.
/// </summary>
[Experimental("SETTLE001")]
public sealed class UsageJoin
{
    internal UsageJoin(string table, IReadOnlyList<(string From, string To)> columns)
    {
        Table = table;
        Columns = columns;
    }

    /// <summary>The name of the table, or <c>schema.table</c>. Statements refer to it without the schema.</summary>
    public string Table { get; }

    /// <summary>
    /// The pairs of equal columns: one of the usage table or of an earlier join, as <c>table.column</c>, and one of this table. The latter
    /// are unique in combination.
    /// </summary>
    public IReadOnlyList<(string From, string To)> Columns { get; }

    /// <summary>Gets the name of the table without its schema.</summary>
    public string Name => NameOf(Table);

    /// <summary>Returns the join as text.</summary>
    /// <returns>For example <c>videos on play_log.video_id = videos.id</c>.</returns>
    public override string ToString() =>
        $"{Table} on {string.Join(" and ", Columns.Select(c => $"{c.From} = {Name}.{c.To}"))}";

    internal static string NameOf(string table) => table[(table.LastIndexOf('.') + 1)..];

    /// <summary>Parses a condition of equal columns.</summary>
    /// <param name="table">The joined table.</param>
    /// <param name="condition">For example <c>videos.id = play_log.video_id AND videos.region = play_log.region</c>.</param>
    /// <param name="earlier">The names of the usage table and of the earlier joins, without their schemas.</param>
    /// <returns>The join; null with an error when the condition is of another form.</returns>
    internal static (UsageJoin? Join, string? Error) Parse(string table, string condition, IReadOnlyList<string> earlier)
    {
        var name = NameOf(table);
        var columns = new List<(string, string)>();
        foreach (var part in Regex.Split(condition, @"\s+and\s+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant))
        {
            var sides = part.Split('=', StringSplitOptions.TrimEntries);
            var (own, other) = sides.Length != 2 ? (null, null)
                : Column(sides[0], [name]) is { } left ? (left, Column(sides[1], earlier) is null ? null : sides[1])
                : (Column(sides[1], [name]), Column(sides[0], earlier) is null ? null : sides[0]);
            if (own is null || other is null)
            {
                return (null, $"'{MessageText.Escape(part)}' is not an equality of a column of {name} with one of "
                    + $"{string.Join(" or ", earlier)}. Write {name}.column = {earlier[0]}.column, joined by AND.");
            }

            columns.Add((other, own));
        }

        return (new UsageJoin(table, columns), null);
    }

    private static string? Column(string text, IReadOnlyList<string> tables)
    {
        var table = tables.FirstOrDefault(t => text.StartsWith(t + ".", StringComparison.OrdinalIgnoreCase));
        var column = table is null ? "" : text[(table.Length + 1)..];
        return column.Length > 0 && column.All(c => char.IsLetterOrDigit(c) || c is '_' or '$') ? column : null;
    }
}

/// <summary>
/// A table with the payees of items over time: the payee of an item on a usage date is that of its last row that starts before the end of
/// that business day.
/// </summary>
[Experimental("SETTLE001")]
public sealed class PayeeHistory
{
    internal PayeeHistory(string table, string itemColumn, string fromColumn, InstantFormat fromFormat, string payeeColumn)
    {
        Table = table;
        ItemColumn = itemColumn;
        FromColumn = fromColumn;
        FromFormat = fromFormat;
        PayeeColumn = payeeColumn;
    }

    /// <summary>The name of the table, or <c>schema.table</c>.</summary>
    public string Table { get; }

    /// <summary>The column of the item id, compared by bytes. Unique together with <see cref="FromColumn"/>.</summary>
    public string ItemColumn { get; }

    /// <summary>The column from which the payee is valid: a date (of the business calendar), or an instant.</summary>
    public string FromColumn { get; }

    /// <summary>The format of <see cref="FromColumn"/>.</summary>
    public InstantFormat FromFormat { get; }

    /// <summary>The column of the payee id.</summary>
    public string PayeeColumn { get; }

    /// <summary>Returns the history as text.</summary>
    /// <returns>For example <c>owner_id of video_owners by video_id from valid_from (Text)</c>.</returns>
    public override string ToString() => $"{PayeeColumn} of {Table} by {ItemColumn} from {FromColumn} ({FromFormat})";
}
