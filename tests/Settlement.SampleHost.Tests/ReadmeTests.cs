using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Settlement.SampleHost.Tests;

/// <summary>What the README shows is compiled, and run as a stranger would.</summary>
public sealed partial class ReadmeTests
{
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; "
        + "global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    [Fact]
    public async Task The_readmes_program_compiles_and_prints_what_the_readme_says_twice()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Root(), "README.md"));
        var program = CSharpBlock().Match(readme).Groups[1].Value;
        var promised = PromisedOutput().Match(readme).Groups[1].Value;
        promised.Should().Be("ann is owed 605000 KRW");
        var assembly = Compile(program);
        var folder = Directory.CreateTempSubdirectory("settlement-readme-");
        try
        {
            (await RunAsync(assembly, folder.FullName)).Trim().Should().Be(promised);
            (await RunAsync(assembly, folder.FullName)).Trim().Should().Be(promised, "it says so of the second run, too");
        }
        finally
        {
            folder.Delete(recursive: true);
            File.Delete(assembly);
        }
    }

    [Fact]
    public async Task The_readmes_further_code_compiles()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Root(), "README.md"));
        var further = CSharpBlock().Matches(readme).Skip(1).Select(m => m.Groups[1].Value).ToList();
        further.Should().NotBeEmpty();
        foreach (var code in further)
        {
            File.Delete(Compile($$"""
                using Settlement;
                using Settlement.BillableEvents;
                using Settlement.MySql.Loading;
                using Settlement.MySql.Routing;
                using Settlement.Routing;
                var connectionString = args[0];
                SettlementEngine engine = null!;
                BillableEvent view = default, seconds = default;
                var cancellationToken = CancellationToken.None;
                System.Data.Common.DbTransaction transaction = null!;
                _ = (engine, view, seconds, transaction, cancellationToken, connectionString);
                var rows = new[] { new Play(1, DateTimeOffset.UnixEpoch, "") }.ToAsyncEnumerable();
                {{code}}
                internal sealed record Play(long Id, DateTimeOffset PlayedAt, string Title);
                """));
        }
    }

    [Fact]
    public void Every_file_and_folder_that_the_readme_names_is_there()
    {
        var readme = File.ReadAllText(Path.Combine(Root(), "README.md"));
        foreach (Match link in Link().Matches(readme))
            Path.Exists(Path.Combine(Root(), link.Groups[1].Value)).Should().BeTrue($"{link.Groups[1].Value} is linked");
        foreach (Match line in MapLine().Matches(readme))
            Directory.Exists(Path.Combine(Root(), line.Groups[1].Value)).Should().BeTrue($"{line.Groups[1].Value} is on the map");
    }

    private static string Compile(string program)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            $"readme-{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(program)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        var path = Path.Combine(AppContext.BaseDirectory, compilation.AssemblyName + ".dll");
        var emitted = compilation.Emit(path);
        emitted.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).Should().BeEmpty();
        return path;
    }

    private static async Task<string> RunAsync(string assembly, string folder)
    {
        var tests = Path.Combine(AppContext.BaseDirectory, "Settlement.SampleHost.Tests");
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            ArgumentList = { "exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", assembly },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, await errors);
        return output;
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("It prints `(.*?)`")]
    private static partial Regex PromisedOutput();

    [GeneratedRegex(@"\]\((?!http)([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^((?:src|samples|tests|benchmarks|docs)/\S*)", RegexOptions.Multiline)]
    private static partial Regex MapLine();
}
