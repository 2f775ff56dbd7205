using System.Reflection;
using System.Text;

namespace Settlement.SampleHost.DemoData;

/// <summary>Reads the titles of the bundled videos. README.md in this folder describes the file and its origin.</summary>
internal static class TitlesFile
{
    public const string Name = "titles-us-2017.csv";

    /// <summary>Returns the title of each video, by its id.</summary>
    public static IReadOnlyDictionary<string, string> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        reader.ReadLine();
        var titles = new Dictionary<string, string>(2_400, StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var comma = line.IndexOf(',', StringComparison.Ordinal);
            titles.Add(line[..comma], Unquote(line[(comma + 1)..]));
        }

        return titles;
    }

    // No field contains a line break, and ids are never quoted.
    private static string Unquote(string field) =>
        field.StartsWith('"') ? field[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : field;
}
