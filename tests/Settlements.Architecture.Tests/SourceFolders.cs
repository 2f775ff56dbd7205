using System.Text.RegularExpressions;
using Mono.Cecil;

namespace Settlements.Architecture.Tests;

/// <summary>A type in the source tree.</summary>
/// <param name="Project">The project's folder below <c>src</c>, which is the assembly's name.</param>
/// <param name="Folder">The folder in the project, for example <c>Rankings</c>; empty for the project's root.</param>
/// <param name="Name">The type's name, without its generic parameters.</param>
internal sealed record SourceType(string Project, string Folder, string Name)
{
    /// <param name="path">As in <c>Settlements.Sqlite/Rankings/SqliteRankingStore</c>.</param>
    public static SourceType Parse(string path)
    {
        var parts = path.Split('/');
        return new SourceType(parts[0], string.Join('/', parts[1..^1]), parts[^1]);
    }

    public override string ToString() => Folder.Length == 0 ? $"{Project}/{Name}" : $"{Project}/{Folder}/{Name}";
}

/// <summary>Finds the source folder of a compiled type: namespaces are audiences, folders are stages.</summary>
internal static partial class SourceFolders
{
    private static readonly Dictionary<(string Project, string Name), SourceType> Types = Read();

    /// <returns>The type in the source tree; null for types of other sources and for compiler-generated ones.</returns>
    public static SourceType? Find(TypeReference type)
    {
        var outermost = type.OutermostType();
        var assembly = outermost.Scope is AssemblyNameReference reference ? reference.Name : outermost.Module.Assembly.Name.Name;
        return Types.GetValueOrDefault((assembly, NameOf(outermost)));
    }

    public static IEnumerable<SourceType> Of(string project) => Types.Values.Where(type => type.Project == project);

    /// <summary>Removes the arity and the prefix of file-local types.</summary>
    private static string NameOf(TypeReference type) =>
        type.Name.Split('`')[0] is var name && name.Split("__") is [_, .., var local] ? local : name;

    private static Dictionary<(string, string), SourceType> Read()
    {
        var types = new Dictionary<(string, string), SourceType>();
        foreach (var file in Repository.SourceFiles())
        {
            var parts = Repository.RelativePath(file).Split('/')[1..^1];
            foreach (Match match in Declarations().Matches(File.ReadAllText(file)))
            {
                var type = new SourceType(parts[0], string.Join('/', parts[1..]), match.Groups[1].Value);
                if (types.TryAdd((type.Project, type.Name), type) || types[(type.Project, type.Name)].Folder == type.Folder)
                    continue;
                throw new InvalidOperationException(
                    $"{type} and {types[(type.Project, type.Name)]} have the same name. Rename one of them.");
            }
        }

        return types;
    }

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe) )*"
        + @"(?:class|record struct|record|struct|interface|enum|delegate [\w<>?]+) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declarations();
}
