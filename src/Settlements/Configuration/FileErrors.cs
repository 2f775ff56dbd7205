using System.Text.Json;

namespace Settlements;

/// <summary>Collects the errors of one file, and which properties its objects may have. Not thread-safe.</summary>
internal sealed class FileErrors(string file)
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    /// <summary>The properties that were asked for, by the kind of object: what a test compares with the published schema.</summary>
    public Dictionary<string, SortedSet<string>> Properties { get; } = new(StringComparer.Ordinal);

    /// <param name="path">The JSON path of the value.</param>
    /// <param name="message">The value, what is wrong with it, and the remedy.</param>
    public void Add(string path, string message) => _all.Add($"{file}: {path}: {message}");

    /// <summary>What the parser says, without the position that it appends.</summary>
    public static string Reason(JsonException exception)
    {
        var position = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? exception.Message : exception.Message[..position];
    }
}
