using System.Diagnostics;
using System.Text;

namespace Settlements.TestServers;

/// <summary>Starts a built program in a temporary folder, which disposal deletes.</summary>
/// <param name="program">The program's assembly.</param>
public sealed class ProgramFolder(string program) : IDisposable
{
    /// <summary>
    /// A limit that only a hanging program reaches, even on a busy machine. For a server program it starts with the program.
    /// </summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(20);

    public string Path { get; } = Directory.CreateTempSubdirectory("settlement-").FullName;

    /// <summary>Environment variables in addition to those of this process; null removes a variable.</summary>
    public IDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public async Task<Answer> RunAsync(string? input, string[] args)
    {
        using var process = Start(args);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public Process Start(string[] args) => StartProgram([program, .. args]);

    /// <summary>Starts another program in the same folder and environment.</summary>
    /// <param name="programAndArguments">The assembly and its arguments.</param>
    public Process StartProgram(string[] programAndArguments)
    {
        var start = new ProcessStartInfo("dotnet", programAndArguments)
        {
            WorkingDirectory = Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        IgnoredSignals.Reset();
        return Process.Start(start)!;
    }

    public static async Task<Answer> EndAsync(Process process)
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new Answer(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"The program did not end within {TimeLimit}.");
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
