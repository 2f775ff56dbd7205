using System.Text.Json;

namespace Settlements;

/// <summary>Collects the errors of a file and the valid properties of its objects. Not thread-safe.</summary>
internal sealed class FileErrors(string file)
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    /// <summary>Gets the requested properties by kind of object, which a test compares with the published schema.</summary>
    public Dictionary<string, SortedSet<string>> Properties { get; } = new(StringComparer.Ordinal);

    /// <param name="path">The JSON path of the value.</param>
    /// <param name="message">The value, the cause and the remedy.</param>
    public void Add(string path, string message) => _all.Add($"{file}: {path}: {message}");

    /// <summary>Returns the message of the parser without its position.</summary>
    public static string Reason(JsonException exception)
    {
        var position = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? exception.Message : exception.Message[..position];
    }
}
