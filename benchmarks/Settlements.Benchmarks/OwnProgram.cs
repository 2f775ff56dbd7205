using System.Diagnostics;

namespace Settlements.Benchmarks;

/// <summary>This program once more, in a process of its own.</summary>
internal static class OwnProgram
{
    /// <summary>
    /// Started as this process was: by its own executable, or by <c>dotnet</c> with the path of its assembly, which is then the first word of the
    /// command line.
    /// </summary>
    /// <param name="arguments">The program's arguments.</param>
    public static Process Start(params string[] arguments)
    {
        var host = Environment.ProcessPath!;
        string[] entry = Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? [Environment.GetCommandLineArgs()[0]] : [];
        return Process.Start(new ProcessStartInfo(host, [.. entry, .. arguments]) { RedirectStandardOutput = true })!;
    }
}
