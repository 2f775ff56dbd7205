namespace Settlements;

/// <summary>Collects the settings that an object of a file makes to options.</summary>
/// <typeparam name="TOptions">The options, or their builder.</typeparam>
internal sealed class FileSettings<TOptions>(FileObject owner)
{
    private readonly List<Action<TOptions>> _settings = [];

    /// <summary>Gets whether all values were read without an error.</summary>
    public bool IsRead { get; private set; } = true;

    public void Add<T>(string property, Func<FileValue, T?> read, Action<TOptions, T> set)
        where T : struct
    {
        if (owner.Find(property) is not { } value)
            return;
        if (read(value) is { } setting)
            _settings.Add(options => set(options, setting));
        else
            IsRead = false;
    }

    public void Add<T>(string property, Func<FileValue, T?> read, Action<TOptions, T> set)
        where T : class
    {
        if (owner.Find(property) is not { } value)
            return;
        if (read(value) is { } setting)
            _settings.Add(options => set(options, setting));
        else
            IsRead = false;
    }

    public void Require(string property, string example, Func<FileValue, string?> read, Action<TOptions, string> set)
    {
        IsRead &= owner.Require(property, example) is not null;
        Add(property, read, set);
    }

    public void Apply(TOptions options) => _settings.ForEach(setting => setting(options));
}
