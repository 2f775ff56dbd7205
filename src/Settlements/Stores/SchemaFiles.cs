using System.Globalization;
using System.Reflection;

namespace Settlements.Stores;

/// <summary>A numbered file of a schema.</summary>
/// <param name="Number">From 1, without a gap.</param>
/// <param name="Name">As it is recorded and returned, for example <c>0001_initial.sql</c>.</param>
/// <param name="Text">Its statements.</param>
internal sealed record SchemaFile(int Number, string Name, string Text);

/// <summary>The numbered files of a store's schema, embedded in its assembly. Immutable.</summary>
internal sealed class SchemaFiles
{
    private SchemaFiles(IReadOnlyList<SchemaFile> all) => All = all;

    /// <summary>In their order.</summary>
    public IReadOnlyList<SchemaFile> All { get; }

    /// <summary>The newest file's number.</summary>
    public int Version => All[^1].Number;

    /// <summary>Files that are not embedded; for tests.</summary>
    public static SchemaFiles Of(IReadOnlyList<SchemaFile> files) => new(files);

    /// <summary>Reads the files of the folder <c>Schema</c>, whose names begin with four digits, from a store's assembly.</summary>
    public static SchemaFiles Read(Assembly store)
    {
        var prefix = $"{store.GetName().Name}.Schema.";
        var files = store.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => Read(store, name, name[prefix.Length..])).ToList();
        return new SchemaFiles(files);
    }

    private static SchemaFile Read(Assembly store, string resource, string name)
    {
        using var stream = store.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return new SchemaFile(int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
