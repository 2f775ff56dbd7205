using System.Data.Common;

namespace Settlements.MySql;

/// <summary>An index of an application's table, as SHOW INDEX describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns in their order; null for an expression or a prefix of a text. On InnoDB with the primary key's, which it ends with.</param>
/// <param name="IsUsed">Whether the optimizer may use it: not IGNORED (MariaDB), not INVISIBLE (MySQL, TiDB).</param>
internal sealed record SourceIndex(string Name, IReadOnlyList<string?> Columns, bool IsUsed)
{
    private const string Primary = "PRIMARY";

    /// <summary>Reads the answer to SHOW INDEX, whose columns differ between servers.</summary>
    /// <param name="reader">The answer.</param>
    /// <param name="engine">The table's engine.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The indexes that are ordered, the primary key first.</returns>
    public static async Task<IReadOnlyList<SourceIndex>> ReadAsync(DbDataReader reader, string? engine, CancellationToken cancellationToken)
    {
        var fields = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => i, StringComparer.OrdinalIgnoreCase);
        var rows = new List<(string Index, long Place, string? Column, string Type, bool IsUsed, bool IsClustered)>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add((
                Text("Key_name")!, Convert.ToInt64(reader.GetValue(fields["Seq_in_index"]), null), Text("Sub_part") is null ? Text("Column_name") : null,
                Text("Index_type") ?? "", Text("Ignored") != "YES" && Text("Visible") != "NO", Text("Clustered") != "NO"));
        }

        var indexes = rows.GroupBy(r => r.Index)
            .Where(i => i.All(r => r.Type is not ("FULLTEXT" or "SPATIAL" or "RTREE" or "HASH" or "VECTOR")))
            .Select(i => new SourceIndex(i.Key, [.. i.OrderBy(r => r.Place).Select(r => r.Column)], i.All(r => r.IsUsed)))
            .OrderBy(i => i.Name != Primary).ToList();

        // Not on TiDB, which says InnoDB too, where the primary key is not clustered.
        return rows.Where(r => r.Index == Primary).All(r => r.IsClustered) && engine?.Equals("InnoDB", StringComparison.OrdinalIgnoreCase) == true && indexes is [{ Name: Primary } primary, ..]
            ? [.. indexes.Select(i => i with { Columns = [.. i.Columns, .. primary.Columns.Where(c => !Holds(i, c))] })]
            : indexes;

        string? Text(string field) => fields.TryGetValue(field, out var at) && !reader.IsDBNull(at) ? Convert.ToString(reader.GetValue(at), null) : null;
    }

    /// <summary>Whether rows stand in it in the order of some columns.</summary>
    public bool StartsWith(IReadOnlyList<string> columns) =>
        Columns.Take(columns.Count).SequenceEqual(columns, StringComparer.OrdinalIgnoreCase);

    private static bool Holds(SourceIndex index, string? column) => index.Columns.Contains(column, StringComparer.OrdinalIgnoreCase);
}
