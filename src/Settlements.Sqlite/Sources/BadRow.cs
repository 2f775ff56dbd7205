using System.Text;
using SQLitePCL;

namespace Settlements.Sqlite;

/// <summary>The error that names a row that can't be counted.</summary>
internal static class BadRow
{
    /// <summary>What is shown of one value, in characters.</summary>
    private const int ShownLengthMax = 80;

    /// <param name="row">The row.</param>
    /// <param name="column">Where its value stands.</param>
    /// <param name="firstKey">Where its key begins.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="needed">What the value has to be.</param>
    /// <param name="source">The source.</param>
    /// <param name="remedy">What to do.</param>
    public static UsageSourceException Of(
        SqliteStatement row, int column, int firstKey, string name, string needed, UsageTable source,
        string remedy = "Mend the row, or leave it out with Where(…).")
    {
        var key = source.KeyColumns.Select((k, i) => $"{k} = {Shown(row, firstKey + i)}");
        var shown = row.IsNull(column) ? "null" : $"'{Shown(row, column)}'";
        return new UsageSourceException(
            $"Source '{source.Name}': column {name} holds {shown} in the row of table {source.Table} with {string.Join(", ", key)}; it has to be {needed}. {remedy}");
    }

    private static string Shown(SqliteStatement row, int column)
    {
        if (row.IsNull(column))
            return "null";
        var text = new StringBuilder();
        foreach (var rune in row.Text(column).EnumerateRunes())
        {
            if (text.Length >= ShownLengthMax)
                return text.Append('…').ToString();
            text.Append(Rune.IsControl(rune) ? FormattableString.Invariant($"\\u{rune.Value:X4}") : rune.ToString());
        }

        return row.Type(column) == raw.SQLITE_BLOB ? $"{text} (a blob)" : text.ToString();
    }
}
