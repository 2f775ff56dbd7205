using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>
/// A program of the documentation, compiled with implicit usings, nullable reference types and warnings as errors.
/// </summary>
internal sealed class CompiledProgram : IDisposable
{
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; "
        + "global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private static readonly Lazy<List<MetadataReference>> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(
            path => MetadataReference.CreateFromFile(path))]);

    // The SDK also suppresses these: an assembly was compiled against an older version of the framework.
    private static readonly KeyValuePair<string, ReportDiagnostic>[] UnifiedVersions =
        [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)];

    private CompiledProgram(string assembly) => Assembly = assembly;

    public string Assembly { get; }

    public static CompiledProgram Compile(string code)
    {
        var compilation = Analyze(CSharpSyntaxTree.ParseText(code));
        var path = Path.Combine(AppContext.BaseDirectory, compilation.AssemblyName + ".dll");
        var emitted = compilation.Emit(path);
        emitted.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning)
            .Select(d => string.Create(
                CultureInfo.InvariantCulture, $"{d.Location.GetMappedLineSpan()}: {d.GetMessage(CultureInfo.InvariantCulture)}"))
            .Should().BeEmpty();
        return new(path);
    }

    /// <summary>Returns the compilation of a program, which isn't emitted.</summary>
    public static CSharpCompilation Analyze(SyntaxTree program)
    {
        var isProgram = program.GetRoot().ChildNodes().Any(node => node.IsKind(SyntaxKind.GlobalStatement));
        return CSharpCompilation.Create(
            $"docs-{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), program],
            References.Value,
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable,
                specificDiagnosticOptions: UnifiedVersions));
    }

    /// <summary>Runs the program in a folder and asserts exit code 0.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="mySql">The connection string in its environment; null for none.</param>
    /// <returns>The output.</returns>
    public async Task<string> RunAsync(string folder, string? mySql = null)
    {
        var tests = Path.Combine(AppContext.BaseDirectory, "Settlement.SampleHost.Tests");
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8,
            ArgumentList = { "exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", Assembly },
        };
        start.Environment["SETTLEMENT_CONNECTION"] = mySql;
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            process.ExitCode.Should().Be(0, await errors);
            return output.ReplaceLineEndings("\n").Trim();
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"The program did not end within {Timeout}.");
        }
    }

    public void Dispose() => File.Delete(Assembly);
}
