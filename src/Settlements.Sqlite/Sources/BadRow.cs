using System.Text;
using SQLitePCL;

namespace Settlements.Sqlite;

/// <summary>Creates the exception for a row with an invalid value, which names the row and the value.</summary>
internal static class BadRow
{
    /// <summary>The longest part of a value in a message, in characters.</summary>
    private const int DisplayLengthMax = 80;

    /// <summary>Creates the exception.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The number of the column with the invalid value.</param>
    /// <param name="firstKey">The number of the first key column.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="needed">A description of valid values.</param>
    /// <param name="source">The source.</param>
    /// <param name="remedy">The remedy.</param>
    public static UsageSourceException Of(
        SqliteStatement row, int column, int firstKey, string name, string needed, UsageTable source,
        string remedy = "Correct the row, or exclude it with Where(…).")
    {
        var key = source.SliceColumns.Select((k, i) => $"{k} = {Display(row, firstKey + i)}");
        var value = row.IsNull(column) ? "null" : $"'{Display(row, column)}'";
        return new UsageSourceException(
            $"Source '{source.Name}': column {name} holds {value} in the row of table {source.Table} with {string.Join(", ", key)}; "
            + $"it must be {needed}. {remedy}");
    }

    private static string Display(SqliteStatement row, int column)
    {
        if (row.IsNull(column))
            return "null";
        var text = new StringBuilder();
        foreach (var rune in row.Text(column).EnumerateRunes())
        {
            if (text.Length >= DisplayLengthMax)
                return text.Append('…').ToString();
            text.Append(Rune.IsControl(rune) ? FormattableString.Invariant($"\\u{rune.Value:X4}") : rune.ToString());
        }

        return row.Type(column) == raw.SQLITE_BLOB ? $"{text} (a blob)" : text.ToString();
    }
}
