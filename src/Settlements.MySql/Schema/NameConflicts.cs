using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Names that the schema would create and that other tables of the database have.</summary>
internal static class NameConflicts
{
    /// <summary>Finds them, before anything is created: the server commits every CREATE by itself.</summary>
    /// <param name="connection">Holds the lock of the schema.</param>
    /// <param name="files">The schema.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<TakenNames> FindAsync(
        MySqlConnection connection, IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Table, string Column, long LowerCase)>(new CommandDefinition(
            "SELECT table_name, column_name, @@lower_case_table_names FROM information_schema.columns WHERE table_schema = database()",
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        var all = rows.ToList();
        // Where the server compares names by their bytes, another spelling is another table.
        var comparer = all.Count > 0 && all[0].LowerCase != 0 ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var present = all.GroupBy(r => r.Table, r => r.Column, comparer).ToDictionary(t => t.Key, t => t.ToHashSet(StringComparer.OrdinalIgnoreCase), comparer);
        var isRecorded = await SchemaRecord.ExistsAsync(connection, cancellationToken).ConfigureAwait(false);
        var recorded = !isRecorded ? [] : (await connection.QueryAsync<(int Number, int Done, int? Begun, DateTime? AppliedAt)>(new CommandDefinition(
            "SELECT number, statements, begun, applied_at FROM settlement_schema", cancellationToken: cancellationToken)).ConfigureAwait(false)).ToList();

        var taken = new List<string>();
        var ours = new List<string>();
        if (present.ContainsKey(SchemaRecord.Table))
            (isRecorded ? ours : taken).Add(SchemaRecord.Table);
        foreach (var file in files)
        {
            var (_, done, begun, appliedAt) = recorded.Find(r => r.Number == file.Number);
            var statements = SchemaStatement.In(file);
            for (var i = 0; i < statements.Count && appliedAt is null; i++)
            {
                if (statements[i].Table is not { } table || !present.TryGetValue(table, out var columns))
                    continue;
                // Done by an earlier call, or begun by one that was cut off; or made by the loader, which works without the schema too.
                var isOurs = i < done || i == begun || (statements[i].IfNotExists && columns.SetEquals(statements[i].Columns));
                (isOurs ? ours : taken).Add(table);
            }
        }

        return new TakenNames(taken, Remedy(ours));
    }

    private static string Remedy(List<string> ours)
    {
        const string Elsewhere =
            "Rename them, or keep Settlement's tables in a database of its own on the same server, whose name goes into MySqlStoreOptions.Database: "
            + "new MySqlStoreOptions { ConnectionString = …, Database = \"settlement\" }. WriteAsync works across the two.";
        return ours.Count == 0
            ? Elsewhere
            : $"{Elsewhere} An earlier attempt that did not end left {string.Join(", ", ours)}: it is gone on with here, or they can be dropped when another database is used.";
    }
}
