using System.Text.RegularExpressions;

namespace Settlements.PackageConsumer;

/// <summary>A README: its code, its packages and the output that it describes.</summary>
/// <param name="path">The file, relative to the repository.</param>
internal sealed partial class Readme(string path)
{
    private readonly string _text = File.ReadAllText(Repository.PathOf(path));

    /// <summary>The packages of its commands <c>dotnet add package</c>.</summary>
    public string[] AddedPackages => [.. AddPackage().Matches(_text).Select(m => m.Groups[1].Value)];

    /// <summary>The output in its sentence "It prints `…`".</summary>
    public string PrintedOutput => ItPrints().Match(_text) is { Success: true } match
        ? match.Groups[1].Value
        : throw new CheckFailedException($"{path} has no sentence \"It prints `… KRW`\" with the output of its program.");

    public static Readme OfPackage(string package) => new($"src/{package}/README.md");

    /// <summary>Returns the first block of a language; empty if there is none.</summary>
    public string Block(string language) =>
        Regex.Match(_text, $"^```{language}\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value;

    [GeneratedRegex("^dotnet add package ([A-Za-z.]+)", RegexOptions.Multiline)]
    private static partial Regex AddPackage();

    [GeneratedRegex("It prints `([^`\n]*KRW)`")]
    private static partial Regex ItPrints();
}
