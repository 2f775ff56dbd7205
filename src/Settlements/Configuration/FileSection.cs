namespace Settlements;

/// <summary>A part of a file that can be applied separately: the rates of a meter, a source, or a limit.</summary>
/// <param name="Path">The JSON path.</param>
/// <param name="Apply">Adds the section to a settlement.</param>
internal sealed record FileSection(string Path, Action<SettlementBuilder> Apply);

/// <summary>The content of a file.</summary>
internal sealed class FileContent
{
    public string? Store { get; set; }

    public string? Connection { get; set; }

    public HashSet<string> Meters { get; } = new(StringComparer.Ordinal);

    public List<FileSection> Sections { get; } = [];

    public void Add(string path, Action<SettlementBuilder> apply) => Sections.Add(new(path, apply));
}
