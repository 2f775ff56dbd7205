using System.Globalization;

namespace Settlements.DuckDb;

/// <summary>Paths and patterns of files.</summary>
internal static class FilePaths
{
    private static readonly char[] Wildcards = ['*', '?', '['];

    /// <summary>Returns the error of a path; null when it is valid.</summary>
    public static string? FindError(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
            return "a path is blank. Set a file, a folder or a pattern.";
        if (path.Contains("://", StringComparison.Ordinal))
        {
            return $"'{MessageText.Escape(path)}' is an address. DuckDB reads local files only, since no extension is installed: mount the "
                + "storage as a folder, or copy its files.";
        }

        return path.Any(char.IsControl) ? $"'{MessageText.Escape(path)}' contains a control character. Use another path." : null;
    }

    /// <summary>Returns the absolute form of a path; for a folder the pattern of all files of the format in it.</summary>
    public static string Normalize(FileFormat format, string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (format == FileFormat.Database || full.IndexOfAny(Wildcards) >= 0 || !Directory.Exists(full))
            return full;
        return Path.Combine(full, "**", format switch
        {
            FileFormat.Parquet => "*.parquet",
            FileFormat.Csv => "*.csv",
            _ => "*.jsonl",
        });
    }

    /// <summary>Returns the folder that contains all files of a pattern.</summary>
    public static string FolderOf(string pattern)
    {
        var wildcard = pattern.IndexOfAny(Wildcards);
        var fixedPart = wildcard < 0 ? pattern : pattern[..(pattern.LastIndexOf(Path.DirectorySeparatorChar, wildcard) + 1)];
        return wildcard < 0 ? Path.GetDirectoryName(fixedPart) ?? fixedPart : fixedPart;
    }

    /// <summary>Returns the UTC date that a path has for a key of its folders; null for none.</summary>
    public static DateOnly? DayOf(string path, string key)
    {
        foreach (var part in path.Split(Path.DirectorySeparatorChar, '/'))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at == key.Length && part.StartsWith(key, StringComparison.OrdinalIgnoreCase)
                && DateOnly.TryParseExact(part[(at + 1)..], ["yyyy-MM-dd", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None,
                    out var day))
            {
                return day;
            }
        }

        return null;
    }

    /// <summary>Returns the name of a format in identities and errors.</summary>
    public static string NameOf(FileFormat format) => format switch
    {
        FileFormat.Parquet => "parquet",
        FileFormat.Csv => "csv",
        FileFormat.JsonLines => "jsonl",
        _ => "duckdb",
    };
}
