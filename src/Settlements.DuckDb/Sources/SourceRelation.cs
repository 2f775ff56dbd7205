using DuckDB.NET.Data;
using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>The rows of a source in a session: the files or the table, its joins, and the columns that it reads.</summary>
internal sealed class SourceRelation
{
    /// <summary>The name by which statements refer to files that are not named by <c>Table(name)</c>.</summary>
    private const string FilesName = "files";

    private readonly DuckDbSession _session;
    private readonly UsageTable _table;
    private readonly SourceFiles _files;
    private readonly SourceErrors _errors;
    private readonly Dictionary<string, IReadOnlyList<SourceColumn>> _columns = new(StringComparer.OrdinalIgnoreCase);

    private SourceRelation(DuckDbSession session, UsageTable table, SourceFiles files, SourceErrors errors)
    {
        (_session, _table, _files, _errors) = (session, table, files, errors);
        Name = table.Table.Length == 0 ? FilesName : UsageJoin.NameOf(table.Table);
    }

    public string Name { get; }

    public SourceColumn Item { get; private set; } = null!;

    /// <summary>The payee; null when it comes from a history.</summary>
    public SourceColumn? Payee { get; private set; }

    public SourceColumn OccurredAt { get; private set; } = null!;

    public IReadOnlyList<SourceColumn> By { get; private set; } = [];

    /// <summary>Reads the catalogue of the tables and the types of the columns, and validates those that the source reads.</summary>
    /// <param name="session">The session.</param>
    /// <param name="table">The source.</param>
    /// <param name="files">The files, as configured.</param>
    /// <param name="paths">The files to read; the first one determines the types.</param>
    /// <param name="errors">Creates errors.</param>
    public static SourceRelation Bind(
        DuckDbSession session, UsageTable table, SourceFiles files, IReadOnlyList<string> paths, SourceErrors errors)
    {
        var relation = new SourceRelation(session, table, files, errors);
        foreach (var lookup in files.Lookups)
            relation.CreateLookup(lookup);
        relation._columns[relation.Name] = relation.WithoutObjects(
            relation.Describe(relation.Name, relation.DetectedOrNamed(paths), files.IsText ? relation.IsRead : _ => false));
        foreach (var name in table.Joins.Select(j => j.Table).Concat(table.PayeeHistory is { } history ? [history.Table] : []))
        {
            var isText = files.Lookups.Any(l => l.Name == name && l.Format is FileFormat.Csv or FileFormat.JsonLines);
            relation._columns.TryAdd(
                UsageJoin.NameOf(name), relation.Describe(UsageJoin.NameOf(name), Sql.Table(name), _ => isText));
        }

        relation.BindColumns();
        if (files.Format == FileFormat.Database)
            relation.RequireBinaryCollations(paths);
        return relation;
    }

    /// <summary>Returns the rows of files, or of the table, with the joins.</summary>
    public string From(IReadOnlyList<string> paths) => $"{Rows(paths)} AS {Sql.Name(Name)}{Joins()}";

    /// <summary>Returns the rows of files with their numbers, from 1, in the column <c>source_row</c>.</summary>
    public string FromWithRowNumbers(string path) => _files.Format switch
    {
        FileFormat.Parquet => $"(SELECT file_row_number + 1 AS source_row, * FROM {Rows([path])}) AS {Sql.Name(Name)}{Joins()}",
        FileFormat.Database => $"(SELECT 0 AS source_row, * FROM {Rows([path])}) AS {Sql.Name(Name)}{Joins()}",
        _ => $"(SELECT row_number() OVER () AS source_row, * FROM {Rows([path])}) AS {Sql.Name(Name)}{Joins()}",
    };

    /// <summary>Returns a column; without the name of a table one of the files, or of the only joined table that has it.</summary>
    public SourceColumn Column(string name)
    {
        var (table, column) = _table.Resolve(name);
        if (table is not null)
            return Find(table.Length == 0 ? Name : table, column);
        if (Has(Name))
            return Find(Name, column);
        return _table.Joins.Where(j => Has(j.Name)).ToList() switch
        {
            [var join] => Find(join.Name, column),
            [] => Find(Name, column),
            var several => throw _errors.Of($"column {column} is in {string.Join(" and in ", several.Select(j => j.Name))}. Write "
                + $"{several[0].Name}.{column}."),
        };

        bool Has(string of) => _columns[of].Any(c => c.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Returns a column of a table by its name without schema.</summary>
    public SourceColumn Find(string table, string column) =>
        _columns[table].FirstOrDefault(c => c.Name.Equals(column, StringComparison.OrdinalIgnoreCase))
        ?? throw _errors.Of($"{_files} has no column {column} of {table}; it has {string.Join(", ", _columns[table].Select(c => c.Name))}. "
            + "Check the names of columns.");

    /// <summary>Returns whether a column is of the files or the table itself, not of a joined table.</summary>
    public bool IsOfFiles(SourceColumn column) => _columns[Name].Contains(column);

    private void BindColumns()
    {
        Item = Require(Column(_table.ItemColumn), c => c.IdError());
        Payee = _table.PayeeColumn is { } payee ? Require(Column(payee), c => c.IdError()) : null;
        OccurredAt = Require(Column(_table.OccurredAtColumn), c => c.InstantError(_table.OccurredAtFormat));
        if (!IsOfFiles(OccurredAt))
            throw _errors.Of($"column {_table.OccurredAtColumn} is of a joined table. Write the instant into the rows.");
        By = [.. _table.ByColumns.Select(by => Require(Column(by), c => c.IdError()))];
        foreach (var measure in _table.Measures.Where(m => m.QuantityColumn is not null))
            Require(Column(measure.QuantityColumn!), c => c.QuantityError());
        if (_table.PayeeHistory is { } history)
        {
            var name = UsageJoin.NameOf(history.Table);
            Require(Find(name, history.ItemColumn), c => c.IdError());
            Require(Find(name, history.PayeeColumn), c => c.IdError());
            Find(name, history.FromColumn);
        }
    }

    private SourceColumn Require(SourceColumn column, Func<SourceColumn, string?> error) =>
        error(column) is { } text ? throw _errors.Of(text) : column;

    /// <summary>Throws for columns that don't compare by bytes: ids that differ in case would be paid as one.</summary>
    private void RequireBinaryCollations(IReadOnlyList<string> paths)
    {
        SourceColumn[] read = [Item, .. Payee is null ? [] : (SourceColumn[])[Payee], .. By];
        var columns = string.Join(", ", read.Select((c, i) => $"{c.Expression} AS {Sql.Alias("c", i)}"));
        _session.Execute($"CREATE OR REPLACE TEMP TABLE read_columns AS SELECT {columns} FROM {From(paths)} LIMIT 0");
        var sql = _session.List(
            "SELECT sql FROM duckdb_tables() WHERE temporary AND table_name = 'read_columns'", r => r.GetString(0)).Single();
        for (var i = 0; i < read.Length; i++)
        {
            var start = Sql.Alias("c", i) + " VARCHAR COLLATE ";
            var at = sql.IndexOf(start, StringComparison.Ordinal);
            var collation = at < 0 ? "" : sql[(at + start.Length)..].Split(',', ')')[0].Trim('"');
            if (collation.ToUpperInvariant() is not ("" or "BINARY" or "C" or "POSIX"))
            {
                throw _errors.Of(
                    $"column {read[i].Name} of {_table.Table} has the collation {collation}, by which "
                    + $"different ids are equal. Read a view with {read[i].Name} COLLATE \"binary\", or change the column.");
            }
        }
    }

    /// <summary>Whether the source reads a column of the files itself; other columns keep the type that DuckDB detects.</summary>
    private bool IsRead(string column) => ReadColumns().Contains(column, StringComparer.OrdinalIgnoreCase);

    private IEnumerable<string> ReadColumns()
    {
        IEnumerable<string?> names = [
            _table.ItemColumn, _table.PayeeColumn, _table.OccurredAtColumn, .. _table.ByColumns,
            .. _table.Measures.Select(m => m.QuantityColumn), .. _table.Joins.SelectMany(j => j.Columns.Select(c => c.From)),
        ];
        return names.OfType<string>().Select(_table.Resolve).Where(c => string.IsNullOrEmpty(c.Table) || c.Table == Name)
            .Select(c => c.Column);
    }

    /// <summary>
    /// Returns the columns that the source reads for files without a JSON object, whose only column DuckDB names <c>json</c>: there is
    /// nothing by which they could be checked.
    /// </summary>
    private IReadOnlyList<SourceColumn> WithoutObjects(IReadOnlyList<SourceColumn> columns)
    {
        if (_files.Format != FileFormat.JsonLines || !columns.Any(c => c.Name == "json") || columns.Any(c => c.IsText))
            return columns;
        return [.. columns.Where(c => c.Name != "json"), .. ReadColumns().Select(c => new SourceColumn(
            c, $"{Sql.Name(Name)}.{Sql.Name(c)}", "VARCHAR", IsText: true)).DistinctBy(c => c.Name)];
    }

    private void CreateLookup(LookupFiles lookup)
    {
        var text = lookup.Format switch
        {
            FileFormat.Parquet => $"read_parquet({Sql.Text(lookup.Pattern)})",
            FileFormat.Csv => $"read_csv({Sql.Text(lookup.Pattern)}, {CsvOptions(lookup.Delimiter)}, all_varchar = true)",
            _ => $"read_json({Sql.Text(lookup.Pattern)}, format = 'newline_delimited', columns = "
                + $"{{{string.Join(", ", Types($"read_json({Sql.Text(lookup.Pattern)}, format = 'newline_delimited')")
                    .Select(c => $"{Sql.Text(c.Name)}: 'VARCHAR'"))}}})",
        };
        _session.Execute($"CREATE OR REPLACE TEMP VIEW {Sql.Name(lookup.Name)} AS SELECT * FROM {text}");
    }

    private List<SourceColumn> Describe(string table, string from, Func<string, bool> isText) =>
        [.. Types(from).Select(c => new SourceColumn(
            c.Name, $"{Sql.Name(table)}.{Sql.Name(c.Name)}", isText(c.Name) ? "VARCHAR" : c.Type, isText(c.Name)))];

    private List<(string Name, string Type)> Types(string from) =>
        _session.List($"DESCRIBE SELECT * FROM {from}", (DuckDBDataReader r) => (r.GetString(0), r.GetString(1)));

    /// <summary>Returns the files with the types that DuckDB detects, after it named the file that is no CSV: its errors don't.</summary>
    private string DetectedOrNamed(IReadOnlyList<string> paths)
    {
        if (_files.Format != FileFormat.Csv)
            return Detected(paths);
        try
        {
            Types(Detected(paths));
            return Detected(paths);
        }
        catch (UsageSourceException)
        {
            foreach (var path in paths)
            {
                try
                {
                    Types(Detected([path]));
                }
                catch (UsageSourceException)
                {
                    throw _errors.Of($"file {path} is no CSV with a header and the delimiter '{_files.Delimiter}': a row has more or fewer "
                        + "values than the header, a quote is not closed, or the text is not UTF-8. Correct the file, or set the "
                        + "delimiter: Csv(path, delimiter).");
                }
            }

            throw;
        }
    }

    /// <summary>The files with the types that DuckDB detects.</summary>
    private string Detected(IReadOnlyList<string> paths) => _files.Format switch
    {
        FileFormat.Csv => $"read_csv({Sql.List(paths)}, {CsvOptions(_files.Delimiter)}, {Hive}, union_by_name = true)",
        FileFormat.JsonLines => $"read_json({Sql.List(paths)}, format = 'newline_delimited', {Hive})",
        _ => Rows(paths),
    };

    private string Rows(IReadOnlyList<string> paths)
    {
        switch (_files.Format)
        {
            case FileFormat.Parquet:
                return $"read_parquet({Sql.List(paths)}, {Hive})";
            case FileFormat.Database:
                return Sql.Table(_table.Table);
        }

        // A partition key is a column of the path, whose type can't be set.
        var columns = _columns[Name].Where(c => !IsPartitionKey(paths[0], c.Name)).ToList();
        var read = columns.Where(c => _files.Format == FileFormat.JsonLines || c.IsText);
        var types = string.Join(", ", read.Select(c => $"{Sql.Text(c.Name)}: {Sql.Text(c.Type)}"));
        return _files.Format == FileFormat.Csv
            ? $"read_csv({Sql.List(paths)}, {CsvOptions(_files.Delimiter)}, {Hive}, union_by_name = true, types = {{{types}}})"
            : $"read_json({Sql.List(paths)}, format = 'newline_delimited', {Hive}, columns = {{{types}}})";
    }

    private string Hive => $"hive_partitioning = {(_files.DayKey is null ? "false" : "true")}, hive_types_autocast = false";

    private bool IsPartitionKey(string path, string column) => _files.DayKey is not null
        && path.Split('/', Path.DirectorySeparatorChar).Any(part => part.StartsWith(column + "=", StringComparison.OrdinalIgnoreCase));

    private string Joins() => string.Concat(_table.Joins.Select(join =>
        $" LEFT JOIN {Sql.Table(join.Table)} ON " + string.Join(" AND ", join.Columns.Select(c =>
        {
            var (left, right) = (Column(c.From), Find(join.Name, c.To));
            return left.Type == right.Type ? $"{left.Expression} = {right.Expression}"
                : $"{left.TextOf(left.Expression)} = {right.TextOf(right.Expression)}";
        }))));

    /// <remarks>Without a comment and a number of skipped lines, DuckDB detects both, and rows that start with # are lost.</remarks>
    private static string CsvOptions(char delimiter) =>
        $"header = true, skip = 0, comment = '', delim = {Sql.Text(delimiter.ToString())}, quote = '\"', escape = '\"'";
}
