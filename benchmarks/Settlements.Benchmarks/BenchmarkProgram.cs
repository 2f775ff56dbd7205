using System.Diagnostics;

namespace Settlements.Benchmarks;

/// <summary>Starts this program in another process.</summary>
internal static class BenchmarkProgram
{
    /// <summary>
    /// Starts the program like this process: by its executable, or by <c>dotnet</c> with the path of its assembly, which is then the first
    /// argument of the command line.
    /// </summary>
    /// <param name="arguments">The program's arguments.</param>
    public static Process Start(params string[] arguments)
    {
        var host = Environment.ProcessPath!;
        string[] entry = Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? [Environment.GetCommandLineArgs()[0]] : [];
        return Process.Start(new ProcessStartInfo(host, [.. entry, .. arguments]) { RedirectStandardOutput = true })!;
    }
}
