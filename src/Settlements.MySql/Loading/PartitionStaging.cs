using System.Text.RegularExpressions;
using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// A staging table like the target, but without partitions and secondary indexes: rows are loaded into it, its indexes are created at once,
/// and it is exchanged with an empty partition. Each step can be repeated after it was interrupted.
/// </summary>
internal sealed partial class PartitionStaging(MySqlConnection connection, string table, string partition)
{
    private readonly string _name = $"{table.Split('.')[^1]}_{partition}_load";

    /// <summary>The staging table's name, in the target's database.</summary>
    public string Rows => table.Contains('.', StringComparison.Ordinal) ? $"{table.Split('.')[0]}.{_name}" : _name;

    public async Task PrepareAsync(bool isBegun, CancellationToken cancellationToken)
    {
        var count = await CountAsync(cancellationToken).ConfigureAwait(false);
        var exists = await ExistsAsync(cancellationToken).ConfigureAwait(false);
        if (exists && isBegun && count > 0 && await IsEmptyAsync(cancellationToken).ConfigureAwait(false))
        {
            // Already exchanged; only the staging table, now empty, remains to be dropped.
            return;
        }

        if (exists && !isBegun)
        {
            // From another load, or from one that was interrupted before its first chunk.
            await ExecuteAsync($"DROP TABLE {Sql.Table(Rows)}", cancellationToken).ConfigureAwait(false);
            exists = false;
        }

        if (count > 0 && (!isBegun || exists))
        {
            throw new InvalidOperationException(
                FormattableString.Invariant(
                    $"Partition {partition} of table {table} has at least {count} rows; it must be empty, since the load replaces it. ")
                + "Empty it first: "
                + $"ALTER TABLE {table} TRUNCATE PARTITION {partition}");
        }

        if (exists || count > 0)
            return;
        if (isBegun)
        {
            throw new InvalidOperationException(
                $"The load was started before, but its table {Rows} doesn't exist and partition {partition} is empty. Use another Key.");
        }

        await ExecuteAsync($"CREATE TABLE {Sql.Table(Rows)} LIKE {Sql.Table(table)}", cancellationToken).ConfigureAwait(false);
        await ExecuteAsync($"ALTER TABLE {Sql.Table(Rows)} REMOVE PARTITIONING", cancellationToken).ConfigureAwait(false);
        var secondary = await IndexesAsync(Rows, cancellationToken).ConfigureAwait(false);
        var numbered = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            SELECT column_name FROM information_schema.columns
            WHERE table_schema = coalesce(@schema, database()) AND table_name = @name AND extra LIKE '%auto_increment%'
            """,
            new { schema = Rows.Contains('.', StringComparison.Ordinal) ? Rows.Split('.')[0] : null, name = _name },
            cancellationToken: cancellationToken)).ConfigureAwait(false);

        // An AUTO_INCREMENT column needs its index.
        if (numbered is not null)
            secondary = secondary
                .Where(i => !i.Value.Contains($"(`{numbered}`", StringComparison.Ordinal)).ToDictionary(i => i.Key, i => i.Value);
        if (secondary.Count > 0)
        {
            await ExecuteAsync(
                $"ALTER TABLE {Sql.Table(Rows)} {string.Join(", ", secondary.Keys.Select(name => $"DROP INDEX {Sql.Name(name)}"))}",
                cancellationToken)
                .ConfigureAwait(false);
        }
    }

    public async Task ExchangeAsync(CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(cancellationToken).ConfigureAwait(false))
            return;

        if (await CountAsync(cancellationToken).ConfigureAwait(false) == 0)
        {
            var present = await IndexesAsync(Rows, cancellationToken).ConfigureAwait(false);
            var missing = (await IndexesAsync(table, cancellationToken).ConfigureAwait(false))
                .Where(i => !present.ContainsKey(i.Key)).ToList();
            if (missing.Count > 0)
                await ExecuteAsync($"ALTER TABLE {Sql.Table(Rows)} {string.Join(", ", missing.Select(i => $"ADD {i.Value}"))}",
                    cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(
                $"ALTER TABLE {Sql.Table(table)} EXCHANGE PARTITION {Sql.Name(partition)} WITH TABLE {Sql.Table(Rows)}", cancellationToken)
                .ConfigureAwait(false);
        }

        // After the exchange it has the partition's former content: no rows.
        await ExecuteAsync($"DROP TABLE {Sql.Table(Rows)}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns 0 if the partition is empty, otherwise 1.</summary>
    private async Task<long> CountAsync(CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
        $"SELECT count(*) FROM (SELECT 1 FROM {Sql.Table(table)} PARTITION ({Sql.Name(partition)}) LIMIT 1) AS one",
        cancellationToken: cancellationToken))
        .ConfigureAwait(false);

    private async Task<bool> IsEmptyAsync(CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
        $"SELECT count(*) FROM (SELECT 1 FROM {Sql.Table(Rows)} LIMIT 1) AS one", cancellationToken: cancellationToken))
            .ConfigureAwait(false) == 0;

    private async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        var parts = Rows.Split('.');
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = coalesce(@schema, database()) AND table_name = @name",
            new { schema = parts.Length == 2 ? parts[0] : null, name = parts[^1] }, cancellationToken: cancellationToken))
                .ConfigureAwait(false) > 0;
    }

    /// <summary>Returns the definitions of the non-unique indexes by name.</summary>
    private async Task<Dictionary<string, string>> IndexesAsync(string of, CancellationToken cancellationToken)
    {
        var created = await connection.QuerySingleAsync<(string Name, string Text)>(new CommandDefinition(
            $"SHOW CREATE TABLE {Sql.Table(of)}", cancellationToken: cancellationToken)).ConfigureAwait(false);
        return IndexLine().Matches(created.Text).ToDictionary(
            m => m.Groups[2].Value, m => m.Groups[1].Value, StringComparer.OrdinalIgnoreCase);
    }

    private Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));

    [GeneratedRegex(@"^\s+((?:FULLTEXT |SPATIAL )?KEY `([^`]+)` .*?),?$", RegexOptions.Multiline)]
    private static partial Regex IndexLine();
}
