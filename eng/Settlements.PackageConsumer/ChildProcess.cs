using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Settlements.PackageConsumer;

/// <summary>A program that runs in a folder: without the variables by which MSBuild configures this process, and without input.</summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>Set by <c>dotnet run</c> for itself; the builds of the new programs find their own SDK.</summary>
    private const string MsBuild = "MSBUILD";

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private readonly Action<string>? _printed;

    private ChildProcess(ProcessStartInfo start, Action<string>? printed)
    {
        _printed = printed;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        if (start.RedirectStandardOutput)
            _process.BeginOutputReadLine();
        if (start.RedirectStandardError)
            _process.BeginErrorReadLine();
    }

    /// <summary>The captured output until now.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <param name="folder">The working folder.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Variables in addition to those of this process.</param>
    /// <param name="captured">What is captured; the rest goes to the output of this process.</param>
    /// <param name="printed">Receives each captured line, on a thread of the pool.</param>
    public static ChildProcess Start(
        string folder, string[] command, Captured captured, IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? printed = null)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = captured != Captured.Nothing,
            RedirectStandardError = captured == Captured.All,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith(MsBuild, StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? ReadOnlyDictionary<string, string>.Empty)
            start.Environment[name] = value;
        return new ChildProcess(start, printed);
    }

    /// <summary>Starts a program and waits for its end.</summary>
    /// <returns>The exit code, and the output without line breaks at its end.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string folder, string[] command, Captured captured, CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        using var child = Start(folder, command, captured, environment);
        var code = await child.WaitAsync(cancellationToken);
        return (code, child.Output.TrimEnd('\n'));
    }

    /// <summary>Waits for the end of the program and of its output, and returns its exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Kills the program, with its children, if it still runs.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Append(line).Append('\n');
        _printed?.Invoke(line);
    }
}

/// <summary>The streams of a program that are captured.</summary>
internal enum Captured
{
    Nothing,
    Output,
    All,
}
