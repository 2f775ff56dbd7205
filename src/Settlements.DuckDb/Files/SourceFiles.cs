namespace Settlements.DuckDb;

/// <summary>The format of the files of a source.</summary>
internal enum FileFormat
{
    /// <summary>Parquet.</summary>
    Parquet,

    /// <summary>CSV with a header.</summary>
    Csv,

    /// <summary>One JSON object in each line.</summary>
    JsonLines,

    /// <summary>A DuckDB database.</summary>
    Database,
}

/// <summary>The files of a source, as configured. Immutable.</summary>
/// <param name="Format">The format.</param>
/// <param name="Patterns">Absolute paths or patterns.</param>
/// <param name="Delimiter">The delimiter of CSV files.</param>
/// <param name="DayKey">The key of the paths that holds the UTC date; null for none.</param>
/// <param name="Lookups">The tables that the source can join.</param>
/// <param name="Errors">Errors of the configuration.</param>
internal sealed record SourceFiles(
    FileFormat Format, IReadOnlyList<string> Patterns, char Delimiter, string? DayKey, IReadOnlyList<LookupFiles> Lookups,
    IReadOnlyList<string> Errors)
{
    /// <summary>Whether values are text: each is converted and checked by the statement.</summary>
    public bool IsText => Format is FileFormat.Csv or FileFormat.JsonLines;

    /// <summary>The folders that DuckDB may read.</summary>
    public IEnumerable<string> Folders =>
        Patterns.Concat(Lookups.Select(l => l.Pattern)).Select(FilePaths.FolderOf).Distinct(StringComparer.Ordinal);

    /// <summary>The normalized form, for identities and errors.</summary>
    public override string ToString() => $"{FilePaths.NameOf(Format)}:{string.Join('|', Patterns.Order(StringComparer.Ordinal))}";
}

/// <summary>Files that a source can join as a table.</summary>
/// <param name="Name">The name of the table.</param>
/// <param name="Format">The format.</param>
/// <param name="Pattern">An absolute path or pattern.</param>
/// <param name="Delimiter">The delimiter of CSV files.</param>
internal sealed record LookupFiles(string Name, FileFormat Format, string Pattern, char Delimiter);

/// <summary>A file, and the values by which a change of its content is detected.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="LastWrite">The time of the last write, in UTC.</param>
internal sealed record SourceFile(string Path, long Size, DateTime LastWrite);
