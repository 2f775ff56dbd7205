using System.Security.Cryptography;
using System.Text;
using Settlements.Stores;

namespace Settlements.ClickHouse;

/// <summary>
/// Identifies the rows of a day by the parts of the MergeTree tables that have them. A part never changes: inserts, mutations and merges
/// write other parts, and lightweight updates write patch parts beside them, which count for all days. Only the instants are read. Shards
/// may have parts of the same name, and then a change of any of them counts.
/// </summary>
/// <param name="statements">Executes the statements.</param>
/// <param name="catalogue">The tables.</param>
/// <param name="sql">The SQL of the source.</param>
internal sealed class PartState(IStatements statements, SourceCatalogue catalogue, SourceSql sql)
{
    /// <summary>
    /// Finds the state of a range. Null where rows may be read from several copies, of which one can be behind the other, where a table is
    /// no MergeTree, and where the user may not read the parts.
    /// </summary>
    public async Task<string?> FindAsync(UtcRange range, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        try
        {
            foreach (var (name, table) in catalogue.Tables)
            {
                if (await FindPartsTableAsync(table, cancellationToken).ConfigureAwait(false) is not { } parts)
                    return null;
                // With FINAL, a row that another part replaces isn't read, wherever the other row is.
                var ofRange = name == catalogue.Source.Table && !sql.IsFinal(name)
                    ? await ReadPartsOfRangeAsync(name, range, cancellationToken).ConfigureAwait(false) : null;
                lines.AddRange(ofRange?.Values.Select(p => $"{name}\t{p}") ?? []);
                var all = await TextRows.ReadAsync(
                    statements,
                    "SELECT name, toString(rows), toString(bytes_on_disk), toString(toUnixTimestamp(modification_time)) FROM " + parts, 4,
                    cancellationToken).ConfigureAwait(false);
                lines.AddRange(all.Where(p => ofRange?.ContainsKey(p[0]) != false || p[0].StartsWith("patch-", StringComparison.Ordinal))
                    .Select(p => $"{name}\t{string.Join('\t', p)}"));
            }
        }
        catch (ClickHouseException e) when (!e.IsTransient)
        {
            return null;
        }

        lines.Sort(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }

    /// <summary>Returns the parts with rows of a range, each with the number of these rows, by name.</summary>
    private async Task<Dictionary<string, string>> ReadPartsOfRangeAsync(
        string table, UtcRange range, CancellationToken cancellationToken)
    {
        var (database, name) = SourceCatalogue.Split(table);
        var rows = await TextRows.ReadAsync(
            statements,
            $"SELECT toString(_part), toString(count()) FROM {Sql.Table(database, name)} "
                + $"WHERE {sql.InstantOfTable.Within(range.Start, range.End)} GROUP BY _part", 2, cancellationToken).ConfigureAwait(false);
        return rows.ToDictionary(r => r[0], r => string.Join('\t', r), StringComparer.Ordinal);
    }

    /// <summary>Returns FROM and WHERE of the active parts of a table; null if its rows have no parts, or several copies.</summary>
    private async Task<string?> FindPartsTableAsync(TableEngine table, CancellationToken cancellationToken)
    {
        if (table.Distributed is not var (cluster, database, name))
            return IsSingleMergeTree(table.Engine)
                ? $"system.parts WHERE {Condition(table.Database, table.Name, "table")} AND active" : null;
        var copies = await TextRows.ReadAsync(
            statements, $"SELECT toString(max(replica_num)) FROM system.clusters WHERE cluster = {Sql.Text(cluster)}", 1,
            cancellationToken).ConfigureAwait(false);
        var engines = await TextRows.ReadAsync(
            statements, $"SELECT DISTINCT engine FROM cluster({Sql.Text(cluster)}, 'system', 'tables') "
                + $"WHERE {Condition(database, name, "name")}", 1, cancellationToken).ConfigureAwait(false);
        return copies is [["1"]] && engines.Count > 0 && engines.All(e => e[0].EndsWith("MergeTree", StringComparison.Ordinal))
            ? $"cluster({Sql.Text(cluster)}, 'system', 'parts') WHERE {Condition(database, name, "table")} AND active" : null;
    }

    /// <summary>A replicated or shared table may be read from another server the next time.</summary>
    private static bool IsSingleMergeTree(string engine) => engine.EndsWith("MergeTree", StringComparison.Ordinal)
        && !engine.StartsWith("Replicated", StringComparison.Ordinal) && !engine.StartsWith("Shared", StringComparison.Ordinal);

    private static string Condition(string database, string table, string column) =>
        $"database = {Sql.Text(database)} AND {column} = {Sql.Text(table)}";
}
