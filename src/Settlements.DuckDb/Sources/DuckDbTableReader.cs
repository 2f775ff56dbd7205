using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>Creates the source of configured files.</summary>
internal sealed class DuckDbTableReader(SourceFiles files, DuckDbOptions options) : IUsageTableReader
{
    public SourceFiles Files => files;

    public DuckDbOptions Options => options;

    public IEnumerable<string> Validate(UsageTable table)
    {
        foreach (var error in files.Errors.Concat(options.Validate()))
            yield return $"Source '{table.Name}': {error}";
        if (SourceCondition.FindError(table, SqlDialect.DuckDb) is { } condition)
            yield return condition;
        if (files.Format == FileFormat.Database && table.Table.Length == 0)
            yield return $"Source '{table.Name}': Table(…) is missing. Name the table or view of the database.";
        foreach (var lookup in files.Lookups.Where(l => l.Name.Equals(UsageJoin.NameOf(table.Table), StringComparison.OrdinalIgnoreCase)))
            yield return $"Source '{table.Name}': '{lookup.Name}' names both the source and files that it can join. Use different names.";
        foreach (var name in table.Joins.Select(j => j.Table).Concat(table.PayeeHistory is { } history ? [history.Table] : []))
        {
            if (files.Format != FileFormat.Database && !files.Lookups.Any(l => l.Name == name))
                yield return $"Source '{table.Name}': '{name}' is joined, and no files have this name. Add Parquet(\"{name}\", path) or "
                    + $"Csv(\"{name}\", path).";
        }

        if (table.KeyColumns.Count > 0)
            yield return $"Source '{table.Name}': Key(…) has no meaning for DuckDB, which sums whole days. Remove it.";
    }

    public IUsageSource Create(UsageTable table, IServiceProvider services) => new DuckDbSource(table, files, options);
}
