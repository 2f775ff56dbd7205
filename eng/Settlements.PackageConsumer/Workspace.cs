using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Settlements.PackageConsumer;

/// <summary>
/// A temporary folder outside of the repository with the new programs, which are one solution, and the sources and the cache of their
/// packages. Disposal deletes it.
/// </summary>
/// <param name="packages">The folder of the packages.</param>
/// <param name="cancellationToken">Ends what runs in the workspace.</param>
internal sealed partial class Workspace(string packages, CancellationToken cancellationToken) : IDisposable
{
    /// <summary>
    /// A separate cache, from which Settlement's packages are removed: an earlier build may have the same version. Other packages remain.
    /// </summary>
    private static readonly string Cache = Repository.PathOf("artifacts/consumer-packages");

    /// <summary>The output of the command line is parsed.</summary>
    private static readonly Dictionary<string, string> Environment =
        new() { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["NUGET_PACKAGES"] = Cache };

    private readonly List<NewProgram> _programs = [];

    /// <summary>The version of Settlement's packages.</summary>
    public string Version { get; } = FindVersion(packages);

    public string Folder { get; } = Directory.CreateTempSubdirectory("settlement-consumer-").FullName;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Writes the configuration of the programs, and empties the cache.</summary>
    public async Task PrepareAsync()
    {
        File.Copy(Repository.PathOf("global.json"), Path.Combine(Folder, "global.json"));
        new XElement(
            "Project", new XElement(
                "PropertyGroup", new XElement("TreatWarningsAsErrors", true), new XElement("WarningsNotAsErrors", "NU1900;NU1905")))
            .Save(Path.Combine(Folder, "Directory.Build.props"));
        await WriteSourcesAsync();
        foreach (var package in Directory.CreateDirectory(Cache).EnumerateDirectories("settlements*"))
            package.Delete(recursive: true);
    }

    /// <summary>Creates a program.</summary>
    /// <param name="name">The name of its project, folder and assembly.</param>
    /// <param name="code">Its file <c>Program.cs</c>.</param>
    /// <param name="references">The packages that it uses.</param>
    /// <param name="template">The template of <c>dotnet new</c>.</param>
    /// <param name="readme">The README that describes it.</param>
    public async Task<NewProgram> AddAsync(
        string name, string code, IReadOnlyList<string> references, string template = "console", Readme? readme = null)
    {
        CheckFailedException.ThrowUnless(code.Length > 0, $"The README of '{name}' has no block of C#.");
        var (exitCode, output) = await RunAsync(Captured.All, "dotnet", "new", template, "--name", name, "--no-restore");
        CheckFailedException.ThrowUnless(exitCode == 0, $"dotnet new {template} failed:", output);
        var program = new NewProgram(this, name, readme);
        await File.WriteAllTextAsync(Path.Combine(program.Folder, "Program.cs"), code, cancellationToken);

        // Same as dotnet add package, which would take seconds for each.
        var project = XDocument.Load(program.Project);
        project.Root!.Add(new XElement("ItemGroup", references.Select(package => new XElement(
            "PackageReference", new XAttribute("Include", package), new XAttribute("Version", IsOwn(package) ? Version : "10.0.*")))));
        project.Save(program.Project);
        _programs.Add(program);
        return program;
    }

    /// <summary>Builds all programs.</summary>
    public async Task BuildAsync()
    {
        const string Solution = "Consumer.slnx";
        var projects = _programs.Select(p => new XElement("Project", new XAttribute("Path", p.Project)));
        new XElement("Solution", projects).Save(Path.Combine(Folder, Solution));
        var (exitCode, _) = await RunAsync(
            Captured.Nothing, "dotnet", "build", Solution, "--configuration", "Release", "--verbosity", "quiet");
        CheckFailedException.ThrowUnless(exitCode == 0, "A program of the READMEs does not build with the packages: see above.");
    }

    /// <summary>Runs a command in the workspace, with its sources and cache.</summary>
    public Task<(int ExitCode, string Output)> RunAsync(Captured captured, params string[] command) =>
        ChildProcess.RunAsync(Folder, command, captured, cancellationToken, Environment);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Settlement's packages come only from the folder, all others from the configured sources of this machine.</summary>
    private async Task WriteSourcesAsync()
    {
        const string Local = "settlement-local";
        var (_, listed) = await RunAsync(Captured.Output, "dotnet", "nuget", "list", "source");
        var mapping = EnabledSource().Matches(listed).Select(m => Source(m.Groups[1].Value, "*"));
        new XElement(
            "configuration",
            new XElement(
                "packageSources", new XElement("add", new XAttribute("key", Local), new XAttribute("value", Path.GetFullPath(packages)))),
            new XElement("packageSourceMapping", [Source(Local, "Settlements", "Settlements.*"), .. mapping]))
            .Save(Path.Combine(Folder, "nuget.config"));
    }

    private static string FindVersion(string packages)
    {
        var files = Directory.Exists(packages) ? Directory.GetFiles(packages) : [];
        var package = files.Select(file => PackageFile().Match(Path.GetFileName(file))).FirstOrDefault(match => match.Success);
        return package?.Groups[1].Value ?? throw new CheckFailedException($"{packages} contains no packages: run eng/pack.sh first.");
    }

    private static XElement Source(string key, params string[] patterns) => new(
        "packageSource", new XAttribute("key", key),
        patterns.Select(pattern => new XElement("package", new XAttribute("pattern", pattern))));

    private static bool IsOwn(string package) => package.StartsWith("Settlements", StringComparison.Ordinal);

    [GeneratedRegex(@"^Settlements\.Sqlite\.(\d.*)\.nupkg$")]
    private static partial Regex PackageFile();

    [GeneratedRegex(@"^ *\d+\. *(.*) \[Enabled\]$", RegexOptions.Multiline)]
    private static partial Regex EnabledSource();
}
