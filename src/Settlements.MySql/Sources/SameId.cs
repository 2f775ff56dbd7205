namespace Settlements.MySql;

/// <summary>
/// Compares the ids of two columns by the bytes of their texts in UTF-8, whatever their types, character sets and collations.
/// </summary>
internal static class SameId
{
    /// <summary>
    /// Returns the condition that a column of a joined table has the id of another column. The index of the former finds rows by its
    /// collation, by which 'a' may equal 'A', or by a number, by which 1 equals '01'; the comparison of bytes decides.
    /// </summary>
    /// <param name="key">The column of the joined table.</param>
    /// <param name="sql">The same column in the statement.</param>
    /// <param name="other">The other column.</param>
    public static string Of(SourceColumn key, string sql, SourceColumn other)
    {
        if (!IsText(key) && !IsText(other))
            return $"{sql} = {other.Sql}";
        var found = (key.Kind, key.Charset, key.Collation) switch
        {
            (SourceColumnKind.Bytes, _, _) => Bytes(other, other.Sql),
            (SourceColumnKind.Text, { } charset, { } collation) when collation != other.Collation =>
                $"CONVERT({other.Sql} USING {charset}) COLLATE {collation}",
            _ => other.Sql,
        };
        return $"{sql} = {found} AND {Bytes(key, sql)} = {Bytes(other, other.Sql)}";
    }

    private static bool IsText(SourceColumn column) => column.Kind is SourceColumnKind.Text or SourceColumnKind.Bytes;

    private static string Bytes(SourceColumn column, string sql) => column.Kind switch
    {
        SourceColumnKind.Bytes or SourceColumnKind.Uuid => sql,
        _ when column.Charset == "utf8mb4" => $"CAST({sql} AS BINARY)",
        _ => $"CAST(CONVERT({sql} USING utf8mb4) AS BINARY)",
    };
}
