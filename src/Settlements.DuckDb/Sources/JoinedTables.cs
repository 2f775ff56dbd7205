namespace Settlements.DuckDb;

/// <summary>Checks that each row of a source has at most one row of each joined table: a second one would count the row twice.</summary>
internal static class JoinedTables
{
    /// <summary>Throws when two rows of a joined table have the same values in the joined columns.</summary>
    public static void RequireUnique(DuckDbSession session, UsageTable table, SourceRelation relation, SourceErrors errors)
    {
        foreach (var join in table.Joins)
        {
            var columns = join.Columns.Select(c => relation.Find(join.Name, c.To)).ToList();
            var names = string.Join(", ", columns.Select(c => c.TextOf(c.Expression)));
            var areNotNull = string.Join(" AND ", columns.Select(c => $"{c.Expression} IS NOT NULL"));
            session.Read(
                $"SELECT {names} FROM {Sql.Table(join.Table)} WHERE {areNotNull} GROUP BY {names} HAVING count(*) > 1 LIMIT 1",
                row => throw errors.Of(
                    $"several rows of table {join.Table} have "
                    + string.Join(", ", columns.Select((c, i) => $"{c.Name} = {MessageText.Escape(row.GetString(i))}"))
                    + ", so that a row of the source would count several times. Correct the rows."));
        }
    }
}
