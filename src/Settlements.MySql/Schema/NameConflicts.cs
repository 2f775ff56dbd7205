using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Detects tables of the application that have names of the schema.</summary>
internal static class NameConflicts
{
    /// <summary>Finds the conflicts before anything is created, since the server commits every CREATE implicitly.</summary>
    /// <param name="connection">The connection that holds the schema lock.</param>
    /// <param name="files">The schema files.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<TakenNames> FindAsync(
        MySqlConnection connection, IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Table, string Column, long LowerCase)>(new CommandDefinition(
            "SELECT table_name, column_name, @@lower_case_table_names FROM information_schema.columns WHERE table_schema = database()",
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        var all = rows.ToList();
        // If the server compares names by bytes, another spelling is another table.
        var comparer = all.Count > 0 && all[0].LowerCase != 0 ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var present = all.GroupBy(r => r.Table, r => r.Column, comparer).ToDictionary(t => t.Key, t =>
            t.ToHashSet(StringComparer.OrdinalIgnoreCase), comparer);
        var isRecorded = await SchemaRecord.ExistsAsync(connection, cancellationToken).ConfigureAwait(false);
        var recorded = !isRecorded
            ? []
            : (await connection.QueryAsync<(int Number, int Done, int? Begun, DateTime? AppliedAt)>(new CommandDefinition(
            "SELECT number, statements, begun, applied_at FROM settlement_schema", cancellationToken: cancellationToken))
                .ConfigureAwait(false)).ToList();

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
                // Created by an earlier or interrupted call, or by the loader, which works without the schema.
                var isOurs = i < done || i == begun || (statements[i].IfNotExists && columns.SetEquals(statements[i].Columns));
                (isOurs ? ours : taken).Add(table);
            }
        }

        return new TakenNames(taken, Remedy(ours));
    }

    private static string Remedy(List<string> ours)
    {
        const string Elsewhere =
            "Rename them, or use a separate database on the same server for Settlement's tables, set in MySqlStoreOptions.Database: "
            + "new MySqlStoreOptions { ConnectionString = …, Database = \"settlement\" }. WriteAsync works across the two.";
        return ours.Count == 0
            ? Elsewhere
            : $"{Elsewhere} An earlier, interrupted attempt created {string.Join(", ", ours)}: it is continued here, or drop them if "
                + $"another database is used.";
    }
}
