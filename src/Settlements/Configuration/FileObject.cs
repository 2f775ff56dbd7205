using System.Text.Json;

namespace Settlements;

/// <summary>An object with fixed property names. Disposing of it reports the properties that nothing asked for.</summary>
internal sealed class FileObject : IDisposable
{
    private readonly FileErrors _errors;
    private readonly string _kind;
    private readonly SortedSet<string> _asked;
    private readonly Dictionary<string, FileValue> _members = new(StringComparer.Ordinal);

    public FileObject(FileErrors errors, string path, JsonElement element, string kind)
    {
        _errors = errors;
        _kind = kind;
        Path = path;
        if (!errors.Properties.TryGetValue(kind, out var asked))
            errors.Properties.Add(kind, asked = new SortedSet<string>(StringComparer.Ordinal));
        _asked = asked;
        foreach (var (name, value) in new FileValue(errors, path, element).Members())
            _members.Add(name, value);
    }

    public string Path { get; }

    /// <summary>Whether the object has a property; asking does not make it a known one.</summary>
    public bool Has(string name) => _members.ContainsKey(name);

    /// <summary>The value of an optional property; null where it is absent.</summary>
    public FileValue? Find(string name)
    {
        _asked.Add(name);
        return _members.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>The value of a required property; where it is absent, that is an error of the file.</summary>
    public FileValue? Require(string name, string example)
    {
        var value = Find(name);
        if (value is null)
            _errors.Add(Path, $"'{name}' is missing; add it, such as \"{name}\": {example}.");
        return value;
    }

    public void Fail(string message) => _errors.Add(Path, message);

    public void Dispose()
    {
        foreach (var (name, value) in _members)
        {
            if (!_asked.Contains(name))
                _errors.Add(value.Path, $"is not a property of {_kind}. Remove it, or use one of: {string.Join(", ", _asked)}.");
        }
    }
}
