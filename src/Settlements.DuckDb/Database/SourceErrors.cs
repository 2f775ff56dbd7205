using System.Globalization;

namespace Settlements.DuckDb;

/// <summary>Translates errors of DuckDB into errors of a source, with a remedy.</summary>
internal sealed class SourceErrors(string source, SourceFiles files, DuckDbOptions options)
{
    /// <summary>Returns the exception for an error of DuckDB, whose text starts with the type of the error.</summary>
    public Exception Translate(Exception error)
    {
        var lines = error.Message.Split('\n');
        var text = lines[0].TrimEnd('.', ' ');

        // An error of a row of a CSV file names the file and the reason further below.
        if (text.Contains("CSV Error on Line", StringComparison.Ordinal))
        {
            text += string.Concat(lines.Skip(2).Take(1).Select(l => $": {MessageText.Escape(l, 200).TrimEnd('.')}"))
                + string.Concat(lines.Where(l => l.StartsWith("  file = ", StringComparison.Ordinal)).Select(l => $" ({l.Trim()})"));
        }

        if (text.StartsWith("Out of Memory", StringComparison.Ordinal))
        {
            return new UsageSourceException(string.Create(
                CultureInfo.InvariantCulture,
                $"Source '{source}': the query needs more memory than MemoryLimitMiB = {options.MemoryLimitMiB} with Threads = "
                + $"{options.Threads}, ItemParts = {options.ItemParts} and TempFolder = {options.TempFolder ?? "null"}: {text}. Raise "
                + $"MemoryLimitMiB, lower Threads, raise ItemParts, or set TempFolder to a folder with space."));
        }

        var isStatement = text.StartsWith("Binder", StringComparison.Ordinal) || text.StartsWith("Catalog", StringComparison.Ordinal)
            || text.StartsWith("Parser", StringComparison.Ordinal) || text.StartsWith("Conversion", StringComparison.Ordinal);
        var remedy = isStatement
            ? "Check the source's table, columns and condition: Where(…)."
            : "Restore the file, or replace it with a complete one; write new files under another name and rename them when they are "
                + "complete.";
        return new UsageSourceException($"Source '{source}' can't be read from {files}: {text}. {remedy}");
    }

    public UsageSourceException Of(string message) => new($"Source '{source}': {message}");
}
