using System.Globalization;

namespace Settlements.MySql;

/// <summary>
/// Writes members of ENUM and SET columns, which must match exactly: the server would accept <c>1</c> for the first member, and compare by
/// the column's collation, without a warning.
/// </summary>
internal static class MemberFields
{
    public static string? Text(RowBuffer row, string text, TableColumn column)
    {
        if (column.Kind == ColumnKind.Set)
        {
            var members = text.Length == 0 ? [] : text.Split(',');
            if (!members.All(column.Members.Contains) || members.Distinct(StringComparer.Ordinal).Count() != members.Length)
                return Refused(text, column);
        }
        else if (!column.Members.Contains(text))
        {
            return Refused(text, column);
        }

        row.Text(text);
        return null;
    }

    /// <summary>Writes a number in the server's numbering: an ENUM's members from 1, a SET's members as bits.</summary>
    public static string? Number(RowBuffer row, long number, TableColumn column)
    {
        var members = column.Members;
        if (column.Kind == ColumnKind.Enum)
        {
            if (number < 1 || number > members.Count)
                return Refused(number.ToString(CultureInfo.InvariantCulture), column);
            row.Text(members[(int)number - 1]);
            return null;
        }

        if (members.Count < 64 && (ulong)number >> members.Count != 0)
            return Refused(number.ToString(CultureInfo.InvariantCulture), column);
        row.Text(string.Join(',', members.Where((_, i) => ((ulong)number >> i & 1) == 1)));
        return null;
    }

    private static string Refused(string text, TableColumn column) =>
        $"The value '{NumberFields.Abbreviate(text)}' is not a member of the column, which is "
        + $"{NumberFields.Abbreviate(column.ColumnType)}. Write members "
        + "exactly as they are declared.";
}
