using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Settlements.Architecture.Tests;

/// <summary>A temporary project that is built by this repository's rules.</summary>
internal sealed partial class ThrowawayProject : IDisposable
{
    private static readonly TimeSpan BuildTimeMax = TimeSpan.FromMinutes(10);
    private readonly string _folder = Directory.CreateTempSubdirectory("settlement-rules-").FullName;

    /// <param name="props">The props file whose rules apply, relative to the repository's root.</param>
    /// <param name="code">The content of its only file.</param>
    public ThrowawayProject(string props, string code)
    {
        foreach (var file in (string[])[".editorconfig", "global.json", "nuget.config"])
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(_folder, file));
        Write("Directory.Build.props", Import(props));
        Write("Directory.Packages.props", Import("Directory.Packages.props"));
        Write("Throwaway.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
        Write("PublicAPI.Shipped.txt", "#nullable enable\n");
        Write("PublicAPI.Unshipped.txt", "#nullable enable\n");
        Write("Code.cs", code);
    }

    /// <summary>Builds the project and returns the codes of its errors.</summary>
    public async Task<(int ExitCode, ISet<string> Errors, string Output)> BuildAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", ["build", "Throwaway.csproj", "-c", "Release", "-nodeReuse:false", "-noLogo"])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
        };
        // Environment variables of a surrounding build must not affect this one.
        foreach (var name in start.Environment.Keys.Where(IsOfABuild).ToList())
            start.Environment.Remove(name);

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(BuildTimeMax);
        using var process = Process.Start(start)!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, Errors().Matches(output)
                .Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal), output);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsOfABuild(string name) => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name == "CI";

    private static string Import(string file) =>
        $"""<Project><Import Project="{Path.Combine(Repository.Root, file)}" /></Project>""";

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    [GeneratedRegex(@": error ([A-Z]+\d+):")]
    private static partial Regex Errors();
}
