using System.Text.Json;

namespace Settlements;

/// <summary>An object with fixed property names. Disposing it reports the properties that were not requested.</summary>
internal sealed class FileObject : IDisposable
{
    private readonly FileErrors _errors;
    private readonly string _kind;
    private readonly SortedSet<string> _requested;
    private readonly Dictionary<string, FileValue> _members = new(StringComparer.Ordinal);

    public FileObject(FileErrors errors, string path, JsonElement element, string kind)
    {
        _errors = errors;
        _kind = kind;
        Path = path;
        if (!errors.Properties.TryGetValue(kind, out var requested))
            errors.Properties.Add(kind, requested = new SortedSet<string>(StringComparer.Ordinal));
        _requested = requested;
        foreach (var (name, value) in new FileValue(errors, path, element).Members())
            _members.Add(name, value);
    }

    public string Path { get; }

    /// <summary>Returns whether the object has a property, without making it a valid one.</summary>
    public bool Has(string name) => _members.ContainsKey(name);

    /// <summary>Returns the value of an optional property; null when it is absent.</summary>
    public FileValue? Find(string name)
    {
        _requested.Add(name);
        return _members.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>Returns the value of a required property, or adds an error when it is absent.</summary>
    public FileValue? Require(string name, string example)
    {
        var value = Find(name);
        if (value is null)
            _errors.Add(Path, $"'{name}' is missing. Add it, for example \"{name}\": {example}.");
        return value;
    }

    public void Fail(string message) => _errors.Add(Path, message);

    public void Dispose()
    {
        foreach (var (name, value) in _members)
        {
            if (!_requested.Contains(name))
                _errors.Add(value.Path, $"is not a property of {_kind}. Remove it, or use one of: {string.Join(", ", _requested)}.");
        }
    }
}
