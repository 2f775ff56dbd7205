using System.Numerics;
using DuckDB.NET.Data;
using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>Reads the statistics of files: of Parquet from their footers, of others by a scan of their instants.</summary>
internal sealed class StatisticsReader(
    DuckDbSession session, UsageTable table, SourceFiles files, SourceRelation relation, SourceErrors errors)
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    public IEnumerable<(SourceFile File, FileStatistics Statistics)> Read(IReadOnlyList<SourceFile> unknown)
    {
        var read = new Dictionary<string, FileStatistics>(StringComparer.Ordinal);
        if (files.Format == FileFormat.Parquet)
        {
            RequireTypes(unknown);
            ReadFooters(unknown, read);
        }

        var rest = unknown.Where(f => !read.ContainsKey(f.Path)).ToList();
        if (rest.Count > 0)
            Scan(rest, read);

        // A file without rows has no row groups, and no rows by which it could be grouped.
        return unknown.Select(f => (f, read.GetValueOrDefault(f.Path) ?? new FileStatistics(0, null, null, false, None, None)));
    }

    /// <summary>Throws for a file whose columns have other types than those of the first file: DuckDB would convert and round
    /// them.</summary>
    private void RequireTypes(IReadOnlyList<SourceFile> unknown)
    {
        var types = session.List(
            $"SELECT file_name, lower(name), duckdb_type FROM parquet_schema({Paths(unknown)}) WHERE duckdb_type IS NOT NULL",
            r => (File: r.GetString(0), Name: r.GetString(1), Type: r.GetString(2))).ToLookup(t => t.File);
        foreach (var file in unknown)
        {
            var own = types[file.Path].GroupBy(t => t.Name).ToDictionary(g => g.Key, g => g.First().Type, StringComparer.OrdinalIgnoreCase);
            foreach (var column in FileColumns())
            {
                var type = own.GetValueOrDefault(column.Name);
                if (type is null && files.DayKey is not null && file.Path.Contains($"{column.Name}=", StringComparison.OrdinalIgnoreCase))
                    continue;
                if (type != column.Type)
                {
                    throw errors.Of($"column {column.Name} is {type ?? "missing"} in file {file.Path} and {column.Type} in others. "
                        + $"Write all "
                        + "files with the same columns and types.");
                }
            }
        }
    }

    private void ReadFooters(IReadOnlyList<SourceFile> unknown, Dictionary<string, FileStatistics> read)
    {
        var (instant, format) = (relation.OccurredAt.Name, table.OccurredAtFormat);
        var isInstant = $"lower(path_in_schema) = {Sql.Text(instant.ToLowerInvariant())}";
        var names = Sql.List(FileColumns().Select(c => c.Name.ToLowerInvariant()));
        var rows = session.List($"""
            SELECT file_name, lower(path_in_schema), CAST(sum(row_group_num_rows) AS BIGINT),
                count(stats_null_count) = count(*) AND sum(stats_null_count) = 0, count(low) = count(*) AND count(high) = count(*),
                min(low), max(high)
            FROM (SELECT *,
                CASE WHEN {isInstant} THEN {SourceColumn.StatisticMicroseconds("stats_min_value", format)}
                    ELSE TRY_CAST(stats_min_value AS HUGEINT) END AS low,
                CASE WHEN {isInstant} THEN {SourceColumn.StatisticMicroseconds("stats_max_value", format)}
                    ELSE TRY_CAST(stats_max_value AS HUGEINT) END AS high
                FROM parquet_metadata({Paths(unknown)}) WHERE list_contains({names}, lower(path_in_schema)))
            GROUP BY file_name, lower(path_in_schema)
            """, Footer);
        foreach (var file in rows.GroupBy(r => r.File))
        {
            // Without statistics, or with a NULL among the instants, the rows themselves are read.
            var instants = file.FirstOrDefault(f => f.Column.Equals(instant, StringComparison.OrdinalIgnoreCase));
            if (instants is not { HasNoNull: true, HasRange: true } || !IsSupported(instants.Low) || !IsSupported(instants.High))
                continue;
            read[file.Key] = new FileStatistics(
                instants.Rows, (long)instants.Low, (long)instants.High, HasInvalidInstant: false,
                file.Where(f => f.HasNoNull).Select(f => f.Column).ToHashSet(StringComparer.OrdinalIgnoreCase),
                file.Where(f => f is { HasNoNull: true, HasRange: true } && f.Low > 0).Select(f => f.Column)
                    .ToHashSet(StringComparer.OrdinalIgnoreCase));
        }
    }

    private void Scan(List<SourceFile> unknown, Dictionary<string, FileStatistics> read)
    {
        var name = files.Format == FileFormat.Database ? Sql.Text(unknown[0].Path) : $"{Sql.Name(relation.Name)}.filename";
        var invalid = Conditions.InvalidInstant(relation.OccurredAt.Microseconds(table.OccurredAtFormat));
        session.Read($"""
            SELECT file, count(*), count(*) FILTER (invalid), CAST(min(instant) FILTER (NOT invalid) AS BIGINT),
                CAST(max(instant) FILTER (NOT invalid) AS BIGINT)
            FROM (SELECT {name} AS file, {relation.OccurredAt.Microseconds(table.OccurredAtFormat)} AS instant, {invalid} AS invalid
                FROM {relation.From([.. unknown.Select(f => f.Path)])})
            GROUP BY file
            """, r =>
            read[r.GetString(0)] = new FileStatistics(
                r.GetInt64(1), r.IsDBNull(3) ? null : r.GetInt64(3), r.IsDBNull(4) ? null : r.GetInt64(4), r.GetInt64(2) > 0, None, None));
    }

    /// <summary>The columns of the files that the source reads, without those of joined tables.</summary>
    private IEnumerable<SourceColumn> FileColumns()
    {
        SourceColumn?[] columns = [
            relation.OccurredAt, relation.Item, relation.Payee, .. relation.By,
            .. table.Measures.Where(m => m.QuantityColumn is not null).Select(m => relation.Column(m.QuantityColumn!)),
        ];
        return columns.OfType<SourceColumn>().Where(relation.IsOfFiles).Distinct();
    }

    private static string Paths(IEnumerable<SourceFile> listed) => Sql.List(listed.Select(f => f.Path));

    private static bool IsSupported(BigInteger microseconds) => SupportedInstants.ContainsMicroseconds((Int128)microseconds);

    private static FooterColumn Footer(DuckDBDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt64(2), !row.IsDBNull(3) && row.GetBoolean(3), row.GetBoolean(4),
        row.IsDBNull(5) ? 0 : row.GetFieldValue<BigInteger>(5), row.IsDBNull(6) ? 0 : row.GetFieldValue<BigInteger>(6));

    private sealed record FooterColumn(
        string File, string Column, long Rows, bool HasNoNull, bool HasRange, BigInteger Low, BigInteger High);
}
