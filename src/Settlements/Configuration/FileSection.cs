namespace Settlements;

/// <summary>One part of a file, which can be applied by itself: a meter's rates, a source, one limit.</summary>
/// <param name="Path">Its JSON path.</param>
/// <param name="Apply">Adds it to a settlement.</param>
internal sealed record FileSection(string Path, Action<SettlementBuilder> Apply);

/// <summary>What was read of a file.</summary>
internal sealed class FileContent
{
    public string? Store { get; set; }

    public string? Connection { get; set; }

    public HashSet<string> Meters { get; } = new(StringComparer.Ordinal);

    public List<FileSection> Sections { get; } = [];

    public void Add(string path, Action<SettlementBuilder> apply) => Sections.Add(new(path, apply));
}
