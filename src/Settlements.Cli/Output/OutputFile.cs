using System.Text;

namespace Settlements.Cli;

/// <summary>Writes a file of a result, or standard output.</summary>
internal static class OutputFile
{
    /// <summary>The name of standard output, and of standard input.</summary>
    public const string Standard = "-";

    /// <summary>
    /// Writes a temporary file and renames it, so that a failed export leaves no partial file and doesn't replace an earlier one.
    /// </summary>
    /// <param name="path">The path, or <see cref="Standard"/>.</param>
    /// <param name="example">The name of a file, for the error of a folder.</param>
    /// <param name="write">Writes the content.</param>
    public static async Task<T> WriteAsync<T>(string path, string example, Func<TextWriter, Task<T>> write)
    {
        if (path == Standard)
            return await write(Console.Out);
        if (Directory.Exists(path))
            throw new UsageException($"'{path}' is a folder. Name a file in it, for example {Path.Combine(path, example)}");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"There is no folder '{folder}'. Create it, or name another file.");
        var unfinished = $"{path}.{Environment.ProcessId}.unfinished";
        try
        {
            T result;
            await using (var writer = new StreamWriter(unfinished, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
                result = await write(writer);
            File.Move(unfinished, path, overwrite: true);
            return result;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
