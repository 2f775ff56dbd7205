// Rewrites src/*/PublicAPI.Unshipped.txt from the code. Run: dotnet run eng/public-api.cs
// The texts are emptied, so that deleted members are removed from them, and the projects are built: each warning RS0016 names a missing
// entry. Lines with *REMOVED* are preserved: they record a decision. If the build fails, the texts remain as they were.
#:property PublishAot=false

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

var root = Root();

// A program has no public API, and no such text.
var texts = Directory.GetDirectories(Path.Combine(root, "src"))
    .Select(folder => Path.Combine(folder, "PublicAPI.Unshipped.txt")).Where(File.Exists)
    .Order(StringComparer.Ordinal).ToDictionary(text => text, File.ReadAllText);
foreach (var (text, before) in texts)
    Write(text, Removed(before));

if (!TryBuild(out var log))
{
    foreach (var (text, before) in texts)
        File.WriteAllText(text, before);
    Console.Error.WriteLine(log);
    return 1;
}

const string Missing = @": warning RS0016: Symbol '(.*)' is not part of the declared public API.* \[(.*?)(?:::.*)?\]\r?$";
var members = Regex.Matches(log, Missing, RegexOptions.Multiline)
    .ToLookup(match => Path.GetDirectoryName(match.Groups[2].Value)!, match => match.Groups[1].Value);
foreach (var (text, before) in texts)
{
    var added = members[Path.GetDirectoryName(text)!].Distinct().Order(StringComparer.Ordinal);
    string[] lines = [.. Removed(before), .. added];
    Write(text, lines);
    Console.WriteLine($"{Path.GetRelativePath(root, text)}: {lines.Length} members");
}

return 0;

static IEnumerable<string> Removed(string text) => text.Split('\n').Where(line => line.StartsWith("*REMOVED*", StringComparison.Ordinal));

static void Write(string path, IEnumerable<string> lines) =>
    File.WriteAllText(path, string.Concat(lines.Prepend("#nullable enable").Select(line => $"{line}\n")));

// Builds each project once, and completely: only a compilation reports warnings.
bool TryBuild(out string log)
{
    string[] command = ["build", "eng/Packages.slnf", "--configuration", "Release", "--no-incremental", "-p:TreatWarningsAsErrors=false"];
    using var build = Process.Start(new ProcessStartInfo("dotnet", command) { WorkingDirectory = root, RedirectStandardOutput = true })!;
    log = build.StandardOutput.ReadToEnd();
    build.WaitForExit();
    return build.ExitCode == 0;
}

static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, ".."));
