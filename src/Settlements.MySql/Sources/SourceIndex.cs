using System.Data.Common;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>An index of an application's table, as SHOW INDEX describes it.</summary>
/// <param name="Name">The index's name.</param>
/// <param name="Columns">
/// The columns in order; null for an expression or a prefix of a text. On InnoDB including the primary key's columns, with which every
/// index ends. </param>
/// <param name="IsUsed">Whether the optimizer may use it: not IGNORED (MariaDB), not INVISIBLE (MySQL, TiDB).</param>
internal sealed record SourceIndex(string Name, IReadOnlyList<string?> Columns, bool IsUsed)
{
    private const string Primary = "PRIMARY";

    /// <summary>Lists the indexes of a table, the primary key first.</summary>
    public static async Task<IReadOnlyList<SourceIndex>> ListAsync(
        MySqlConnection connection, string table, string? engine, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // the name is quoted
        command.CommandText = $"SHOW INDEX FROM {Sql.Table(table)}";
#pragma warning restore CA2100
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await ReadAsync(reader, engine, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the result of SHOW INDEX, whose columns differ between servers.</summary>
    /// <param name="reader">The result.</param>
    /// <param name="engine">The table's engine.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The ordered indexes, the primary key first.</returns>
    public static async Task<IReadOnlyList<SourceIndex>> ReadAsync(DbDataReader reader, string? engine, CancellationToken cancellationToken)
    {
        var fields = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => i, StringComparer.OrdinalIgnoreCase);
        var rows = new List<(string Index, long Ordinal, string? Column, string Type, bool IsUsed, bool IsClustered)>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add((
                Text("Key_name")!, Convert.ToInt64(reader.GetValue(fields["Seq_in_index"]), null), Text("Sub_part") is null
                    ? Text("Column_name") : null,
                Text("Index_type") ?? "", Text("Ignored") != "YES" && Text("Visible") != "NO", Text("Clustered") != "NO"));
        }

        var indexes = rows.GroupBy(r => r.Index)
            .Where(i => i.All(r => r.Type is not ("FULLTEXT" or "SPATIAL" or "RTREE" or "HASH" or "VECTOR")))
            .Select(i => new SourceIndex(i.Key, [.. i.OrderBy(r => r.Ordinal).Select(r => r.Column)], i.All(r => r.IsUsed)))
            .OrderBy(i => i.Name != Primary).ToList();

        // Not on TiDB, which also reports InnoDB, if the primary key is not clustered.
        return rows.Where(r => r.Index == Primary).All(r => r.IsClustered)
            && engine?.Equals("InnoDB", StringComparison.OrdinalIgnoreCase) == true && indexes is [{ Name: Primary } primary, ..]
            ? [.. indexes.Select(i => i with { Columns = [.. i.Columns, .. primary.Columns.Where(c => !Holds(i, c))] })]
            : indexes;

        string? Text(string field) => fields.TryGetValue(field, out var at) && !reader.IsDBNull(at)
            ? Convert.ToString(reader.GetValue(at), null) : null;
    }

    /// <summary>Returns whether the index starts with given columns.</summary>
    public bool StartsWith(IReadOnlyList<string> columns) =>
        Columns.Take(columns.Count).SequenceEqual(columns, StringComparer.OrdinalIgnoreCase);

    private static bool Holds(SourceIndex index, string? column) => index.Columns.Contains(column, StringComparer.OrdinalIgnoreCase);
}
