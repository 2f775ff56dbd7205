using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Settlements.Sqlite;

/// <summary>
/// Checks the starts of the payees of a source: a column can hold any value, and one of another form would be compared as text or number,
/// so that another payee would be paid.
/// </summary>
internal static class PayeeStarts
{
    private const int DateLength = 10;

    /// <summary>Throws when a start is not of the source's format. Null is never in force.</summary>
    /// <exception cref="UsageSourceException">A start is invalid; the message names the item and the value.</exception>
    public static void Check(SqliteConnection connection, UsageTable source, CancellationToken cancellationToken)
    {
        if (source.PayeeHistory is not { } history)
            return;
        using var row = EventRows.Prepare(
            connection, source, $"SELECT {Sql.Name(history.FromColumn)}, {Sql.Name(history.ItemColumn)} FROM {Sql.Table(history.Table)} "
            + $"WHERE {Sql.Name(history.FromColumn)} IS NOT NULL");
        bool? areDates = null;
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isValid = history.FromFormat == InstantFormat.Text
                ? row.Type(0) == raw.SQLITE_TEXT && IsStart(row.Text(0), ref areDates) : row.Type(0) == raw.SQLITE_INTEGER;
            if (!isValid)
            {
                var form = history.FromFormat == InstantFormat.Text
                    ? "text, in all rows a date as yyyy-MM-dd, or in all rows an instant, UTC, as yyyy-MM-dd HH:mm:ss" : "an integer";
                throw new UsageSourceException(
                    $"Source '{source.Name}': column {history.FromColumn} holds '{MessageText.Escape(row.Text(0))}' in the row of table "
                    + $"{history.Table} with {history.ItemColumn} = {MessageText.Escape(row.Text(1))}; it must be {form}. Correct the row, "
                    + "or name the format of the column: PayeeAsOf(…, fromFormat).");
            }
        }
    }

    private static bool IsStart(string text, ref bool? areDates)
    {
        var isDate = text.Length == DateLength;
        areDates ??= isDate;
        return isDate == areDates && (isDate
            ? DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            : DateTime.TryParseExact(
                text, ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }
}
