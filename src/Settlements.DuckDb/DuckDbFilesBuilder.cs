namespace Settlements.DuckDb;

/// <summary>
/// Sets the files of a source. A path is a file, a folder with all files of the format in it and in its subfolders, or a pattern with
/// <c>*</c>, <c>?</c>, <c>[…]</c> and, for any number of folders, <c>**</c>. Relative paths are relative to the working directory at
/// startup.
/// </summary>
public sealed class DuckDbFilesBuilder
{
    private readonly List<(FileFormat Format, string Path, char Delimiter)> _files = [];
    private readonly List<LookupFiles> _lookups = [];
    private readonly List<string> _errors = [];
    private string? _dayKey;

    internal DuckDbFilesBuilder() { }

    /// <summary>Adds Parquet files. All files have the same types of the columns that are read.</summary>
    /// <param name="path">The file, folder or pattern.</param>
    /// <returns>This builder.</returns>
    public DuckDbFilesBuilder Parquet(string path) => Add(FileFormat.Parquet, path);

    /// <summary>
    /// Adds CSV files with a header, optionally compressed with gzip. Ids are read as they are written, so that <c>007</c> stays
    /// <c>007</c>.
    /// </summary>
    /// <param name="path">The file, folder or pattern.</param>
    /// <param name="delimiter">The delimiter; values that contain it are in double quotes.</param>
    /// <returns>This builder.</returns>
    public DuckDbFilesBuilder Csv(string path, char delimiter = ',') => Add(FileFormat.Csv, path, delimiter);

    /// <summary>Adds files with one JSON object in each line, optionally compressed with gzip.</summary>
    /// <param name="path">The file, folder or pattern.</param>
    /// <returns>This builder.</returns>
    public DuckDbFilesBuilder JsonLines(string path) => Add(FileFormat.JsonLines, path);

    /// <summary>Reads a table or view of a DuckDB database, whose name <c>Table(name)</c> sets.</summary>
    /// <param name="path">The database file, which is opened for reading.</param>
    /// <returns>This builder.</returns>
    public DuckDbFilesBuilder Database(string path) => Add(FileFormat.Database, path);

    /// <summary>Adds Parquet files as a table that the source can join.</summary>
    /// <param name="name">The name of the table in <c>Join</c> and <c>PayeeAsOf</c>.</param>
    /// <param name="path">The file, folder or pattern.</param>
    /// <returns>This builder.</returns>
    public DuckDbFilesBuilder Parquet(string name, string path) => AddLookup(name, FileFormat.Parquet, path, ',');

    /// <summary>Adds CSV files with a header as a table that the source can join.</summary>
    /// <param name="name">The name of the table in <c>Join</c> and <c>PayeeAsOf</c>.</param>
    /// <param name="path">The file, folder or pattern.</param>
    /// <param name="delimiter">The delimiter.</param>
    /// <returns>This builder.</returns>
    public DuckDbFilesBuilder Csv(string name, string path, char delimiter = ',') => AddLookup(name, FileFormat.Csv, path, delimiter);

    /// <summary>Adds files with one JSON object in each line as a table that the source can join.</summary>
    /// <param name="name">The name of the table in <c>Join</c> and <c>PayeeAsOf</c>.</param>
    /// <param name="path">The file, folder or pattern.</param>
    /// <returns>This builder.</returns>
    public DuckDbFilesBuilder JsonLines(string name, string path) => AddLookup(name, FileFormat.JsonLines, path, ',');

    /// <summary>
    /// Uses the folders <c>key=value</c> of the paths (the layout of Hive): their keys are columns, and only the files of a day are read.
    /// </summary>
    /// <param name="dayKey">
    /// The key with the UTC date of the rows, <c>2024-07-01</c> or <c>20240701</c>. A file with a row of another date is refused, since the
    /// row would never be counted.
    /// </param>
    /// <returns>This builder.</returns>
    public DuckDbFilesBuilder HivePartitions(string dayKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(dayKey);
        _dayKey = dayKey;
        return this;
    }

    internal SourceFiles Build()
    {
        var errors = new List<string>(_errors);
        if (_files.Count == 0)
            errors.Add("no files are configured. Add Parquet(path), Csv(path), JsonLines(path) or Database(path).");
        if (_files.Select(f => (f.Format, f.Delimiter)).Distinct().Count() > 1)
            errors.Add("files of several formats are configured. Configure a source for each format.");
        if (_files.Count(f => f.Format == FileFormat.Database) > 1)
            errors.Add("several databases are configured. Configure a source for each.");
        if (_dayKey is not null && _files.Any(f => f.Format == FileFormat.Database))
            errors.Add("HivePartitions applies to folders of files, not to a database. Remove it.");
        foreach (var twice in _lookups.GroupBy(l => l.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            errors.Add($"'{twice.Key}' names the files of several tables. Use different names.");
        var (format, _, delimiter) = _files.FirstOrDefault();
        return new SourceFiles(format, [.. _files.Select(f => f.Path).Distinct(StringComparer.Ordinal)], delimiter, _dayKey, _lookups,
            errors);
    }

    private DuckDbFilesBuilder Add(FileFormat format, string path, char delimiter = ',')
    {
        if (Normalize(format, path) is { } normalized)
            _files.Add((format, normalized, delimiter));
        return this;
    }

    private DuckDbFilesBuilder AddLookup(string name, FileFormat format, string path, char delimiter)
    {
        if (string.IsNullOrWhiteSpace(name))
            _errors.Add("a table of files has a blank name. Name it as in Join and PayeeAsOf.");
        else if (Normalize(format, path) is { } normalized)
            _lookups.Add(new LookupFiles(name, format, normalized, delimiter));
        return this;
    }

    private string? Normalize(FileFormat format, string path)
    {
        if (FilePaths.FindError(path) is not { } error)
            return FilePaths.Normalize(format, path);
        _errors.Add(error);
        return null;
    }
}
