// Checks each package: its files, its dependencies and their versions, its README, icon, licence and release notes, and whether its symbols
// match its assembly and link to the sources of its commit. Run: dotnet run eng/inspect-packages.cs -- artifacts/packages
// A clone without a remote has no URL of its sources, which is an error only with --release after the folder.
#:property PublishAot=false
#:property NoWarn=CA1502;CA1506;CS1591

using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

// Every dependency is listed here, and its reason in docs/dependencies.md. Versions: Directory.Packages.props.
var intended = new Dictionary<string, string[]>
{
    ["Settlements"] =
    [
        "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
    ],
    ["Settlements.AspNetCore"] = ["Settlements"],
    ["Settlements.ClickHouse"] = ["Settlements"],
    ["Settlements.DuckDb"] = ["DuckDB.NET.Data.Full", "Settlements"],
    ["Settlements.MySql"] =
    [
        "Dapper", "Microsoft.Extensions.Hosting.Abstractions", "MySqlConnector", "Settlements", "System.IO.Hashing",
    ],
    ["Settlements.Sqlite"] = ["Dapper", "Microsoft.Data.Sqlite", "Microsoft.Extensions.Hosting.Abstractions", "Settlements"],
    ["Settlements.Testing"] = ["Dapper", "Microsoft.Data.Sqlite", "Settlements"],
};

string[] stores = ["Settlements.ClickHouse", "Settlements.DuckDb", "Settlements.MySql", "Settlements.Sqlite", "Settlements.Testing"];

// A .NET tool: its package contains all assemblies, so it has no dependencies.
const string Tool = "Settlements.Cli";

var isRelease = args is [_, "--release"];
if (args is not [var folder, ..] || (args.Length > 1 && !isRelease))
{
    Console.Error.WriteLine("Usage: dotnet run eng/inspect-packages.cs -- FOLDER [--release]");
    return 2;
}

var sourceLink = new Guid("CC110556-A091-4D38-9FEC-25AB9A351A6A"); // defined by the portable PDB format
var errors = new List<string>();
var floors = XDocument.Load(Path.Combine(Root(), "Directory.Packages.props")).Descendants("PackageVersion")
    .Where(p => p.Attribute("Include") is not null)
    .ToDictionary(p => (string)p.Attribute("Include")!, p => (string)p.Attribute("Version")!);
var versions = new HashSet<string>();
foreach (var (id, dependencies) in intended)
    Inspect(id, dependencies);
InspectTool();
foreach (var package in Directory.EnumerateFiles(folder, "*nupkg").Select(file => Path.GetFileName(file)!))
{
    var isExpected = intended.Keys.Append(Tool).Any(id => Regex.IsMatch(package, $@"^{Regex.Escape(id)}\.\d"));
    Check(package, isExpected, "is not an expected package");
}

Check("all packages", versions.Count == 1, $"have {versions.Count} versions: {string.Join(", ", versions)}");

foreach (var error in errors)
    Console.Error.WriteLine(error);
if (errors.Count == 0)
    Console.WriteLine($"{intended.Count + 1} packages of version {versions.Single()} have the expected contents.");
return errors.Count == 0 ? 0 : 1;

void Inspect(string id, string[] dependencies)
{
    if (Open(id, "nupkg") is not { } package || Open(id, "snupkg") is not { } symbols)
        return;
    using (package)
    using (symbols)
    {
        var complete = CheckFiles(id, package, [$"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml", "README.md", "icon.png", $"{id}.nuspec"]);
        if (!CheckFiles($"{id}'s symbols", symbols, [$"lib/net10.0/{id}.pdb", $"{id}.nuspec"]) || !complete)
            return;
        var nuspec = XDocument.Load(Read(package, $"{id}.nuspec"));
        var space = nuspec.Root!.GetDefaultNamespace();
        var metadata = nuspec.Root.Element(space + "metadata")!;
        CheckMetadata(id, metadata, space, Text(package, "README.md"));
        CheckDependencies(id, metadata, space, dependencies);
        var repository = metadata.Element(space + "repository");
        CheckSymbols(
            id, Read(package, $"lib/net10.0/{id}.dll"), Read(symbols, $"lib/net10.0/{id}.pdb"),
            (string?)repository?.Attribute("url"), (string?)repository?.Attribute("commit") ?? "none");
        var icon = Read(package, "icon.png").ToArray();
        Check(id, icon.Length > 24 && icon[18] == 0 && icon[19] == 128 && icon[23] == 128, "icon.png is not 128 by 128");
    }
}

void InspectTool()
{
    if (Open(Tool, "nupkg") is not { } package)
        return;
    using (package)
    {
        var files = package.Entries.Select(e => e.FullName).ToHashSet();
        string[] needed =
        [
            $"tools/net10.0/any/{Tool}.dll", "tools/net10.0/any/DotnetToolSettings.xml", "settlement.schema.json", "README.md", "icon.png",
        ];
        foreach (var file in needed.Where(file => !files.Contains(file)))
            Check(Tool, false, $"{file} is missing");
        var symbolFiles = files.Where(file => file.EndsWith(".pdb", StringComparison.Ordinal));
        Check(
            Tool, !symbolFiles.Any(file => file.Contains("Settlement", StringComparison.Ordinal)),
            "it has symbol files; they belong in its assemblies");
        var nuspec = XDocument.Load(Read(package, $"{Tool}.nuspec"));
        var space = nuspec.Root!.GetDefaultNamespace();
        var metadata = nuspec.Root.Element(space + "metadata")!;
        CheckMetadata(Tool, metadata, space, Text(package, "README.md"));
        var type = (string?)metadata.Descendants(space + "packageType").SingleOrDefault()?.Attribute("name");
        Check(Tool, type == "DotnetTool", "it is no .NET tool");
        Check(Tool, !metadata.Descendants(space + "dependency").Any(), "it has dependencies, which a tool can't have");
    }
}

void CheckMetadata(string id, XElement metadata, XNamespace space, string readme)
{
    string? Of(string name) => (string?)metadata.Element(space + name);
    versions.Add(Of("version") ?? "none");
    var licenceType = (string?)metadata.Element(space + "license")?.Attribute("type");
    Check(id, Of("license") == "MIT" && licenceType == "expression", "its licence is not the expression MIT");
    Check(id, Of("icon") == "icon.png" && Of("readme") == "README.md", "it has no icon or no README");
    Check(id, Of("description")?.Length > 40 && Of("tags")?.Split(' ').Length >= 3, "its description or its tags are missing");
    var notes = Of("releaseNotes") ?? "";
    var isOneVersion = Regex.IsMatch(notes, @"\A## \[[^\n]*\n+### ") && Regex.Count(notes, "^## ", RegexOptions.Multiline) == 1;
    Check(id, isOneVersion, "its release notes aren't those of its version");
    Check(id, notes.Length < 35_000, $"its release notes have {notes.Length} characters; galleries accept fewer than 35,000");
    var hasSample = Regex.IsMatch(notes, "^- (The sample|The platform|`samples/)", RegexOptions.Multiline);
    Check(id, !hasSample, "its release notes have entries of the sample");
    var others = intended.Keys.Append(Tool).Where(other => other != id && other != "Settlements").Select(Regex.Escape);
    var hasOthers = Regex.IsMatch(notes, $"^- `({string.Join('|', others)})`:", RegexOptions.Multiline);
    Check(id, !hasOthers, "its release notes have entries of another package");
    var hasCode = readme.Contains(id == Tool ? "```sh" : "```csharp", StringComparison.Ordinal);
    Check(id, readme.StartsWith($"# {id}\n", StringComparison.Ordinal) && hasCode, "its README is another package's, or has no code");
    Check(id, !Regex.IsMatch(readme, @"\]\((?!https?://|#)"), "its README has a relative link, which is broken on a package's page");
    var repository = metadata.Element(space + "repository");
    var url = (string?)repository?.Attribute("url");
    var hasProjectUrl = Of("projectUrl")?.StartsWith("https:", StringComparison.Ordinal) == true;
    Check(
        id, (url is null && !isRelease) || hasProjectUrl,
        "it has no projectUrl: pack with RepositoryUrl in the environment, or in a clone with a remote");
    var linksToDocs = url is null || readme.Contains($"]({Of("projectUrl")}/blob/", StringComparison.Ordinal);
    Check(id, linksToDocs, "its README does not link to the documentation in the repository");
    Check(id, Regex.IsMatch((string?)repository?.Attribute("commit") ?? "", "^[0-9a-f]{40}$"), "it doesn't have its commit");
    var isPublic = (url ?? (isRelease ? "none" : "https:")).StartsWith("https:", StringComparison.Ordinal);
    Check(id, isPublic, $"the URL of its repository, {url ?? "none"}, is not public (https)");
}

void CheckDependencies(string id, XElement metadata, XNamespace space, string[] names)
{
    var found = metadata.Descendants(space + "dependency")
        .ToDictionary(d => (string)d.Attribute("id")!, d => (string)d.Attribute("version")!);
    foreach (var (name, version) in found.Where(d => names.Contains(d.Key)))
    {
        // Stores use internals of the core: exactly the core that they were built with.
        var floor = name != "Settlements" ? floors[name] : stores.Contains(id) ? $"[{versions.Last()}]" : versions.Last();
        Check(id, version == floor, $"it requires {name} {version}; expected is {floor} (Directory.Packages.props, or the packed version)");
    }

    foreach (var name in names.Except(found.Keys))
        Check(id, false, $"it does not depend on {name}");
    foreach (var name in found.Keys.Except(names))
        Check(id, false, $"it depends on {name}, which is not in the list of eng/inspect-packages.cs");
    var groups = metadata.Descendants(space + "group").Select(g => (string?)g.Attribute("targetFramework")).OfType<string>().Distinct();
    Check(id, groups.SequenceEqual(["net10.0"]), "its target framework is not only net10.0");
}

void CheckSymbols(string id, MemoryStream assembly, MemoryStream symbols, string? url, string commit)
{
    using var image = new PEReader(assembly);
    var entries = image.ReadDebugDirectory();
    Check(id, entries.Any(e => e.Type == DebugDirectoryEntryType.Reproducible), "its assembly was not compiled deterministically");
    using var provider = MetadataReaderProvider.FromPortablePdbStream(symbols);
    var reader = provider.GetMetadataReader();
    var view = entries.Single(e => e.Type == DebugDirectoryEntryType.CodeView);
    var ofAssembly = new BlobContentId(image.ReadCodeViewDebugDirectoryData(view).Guid, view.Stamp);
    Check(id, new BlobContentId(reader.DebugMetadataHeader!.Id) == ofAssembly, "its symbols are of another build than its assembly");
    var documents = reader.Documents.Select(d => reader.GetString(reader.GetDocument(d).Name));
    var localPath = documents.FirstOrDefault(name => !name.StartsWith("/_/", StringComparison.Ordinal));
    Check(id, localPath is null, $"its symbols contain the local path {localPath}: pack with CI=true, as eng/pack.sh does");
    if (url is null)
        return;
    var links = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
        .Where(i => reader.GetGuid(i.Kind) == sourceLink)
        .Select(i => Encoding.UTF8.GetString(reader.GetBlobBytes(i.Value))).FirstOrDefault();

    // A given URL that is no remote of the clone has no source links, which is sufficient for testing packages.
    if (links is null && !isRelease)
        return;
    var repository = new Uri(url).AbsolutePath.Trim('/');
    var hasLinks = links?.Contains(commit, StringComparison.Ordinal) == true
        && links.Contains(Regex.Replace(repository, @"\.git$", ""), StringComparison.Ordinal);
    Check(id, hasLinks, $"its symbols don't link to {url} at its commit {commit} (SourceLink), but to {links ?? "nothing"}");
}

bool CheckFiles(string what, ZipArchive package, string[] files)
{
    var found = package.Entries.Select(e => e.FullName)
        .Where(name => name is not ("_rels/.rels" or "[Content_Types].xml"))
        .Where(name => !name.EndsWith(".psmdcp", StringComparison.Ordinal)).ToList();
    var missing = files.Except(found).ToList();
    foreach (var file in missing)
        Check(what, false, $"{file} is missing");
    foreach (var file in found.Except(files))
        Check(what, false, $"{file} is not expected");
    return missing.Count == 0;
}

ZipArchive? Open(string id, string kind)
{
    var files = Directory.GetFiles(folder, $"{id}.*.{kind}")
        .Where(file => Regex.IsMatch(Path.GetFileName(file), $@"^{Regex.Escape(id)}\.\d.*\.{kind}$")).ToArray();
    Check(id, files.Length == 1, $"{folder} has {files.Length} files .{kind} of it; expected is 1. Run eng/pack.sh");
    return files is [var file] ? ZipFile.OpenRead(file) : null;
}

static MemoryStream Read(ZipArchive package, string name)
{
    var copy = new MemoryStream();
    using var entry = (package.GetEntry(name) ?? throw new InvalidDataException($"{name} is missing")).Open();
    entry.CopyTo(copy);
    copy.Position = 0;
    return copy;
}

static string Text(ZipArchive package, string name)
{
    using var reader = new StreamReader(Read(package, name));
    return reader.ReadToEnd();
}

void Check(string what, bool holds, string otherwise)
{
    if (!holds)
        errors.Add($"{what}: {otherwise}.");
}

static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, ".."));
