namespace Settlements.Cli;

/// <summary>Exit codes of the program.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A check found differences, for example <c>verify</c>.</summary>
    public const int Differences = 1;

    /// <summary>Invalid arguments or input, or a store that can't be used.</summary>
    public const int Error = 2;

    /// <summary>Stopped by Ctrl+C: 128 + the signal's number, as in shells. Completed work is stored.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM.</summary>
    public const int Terminated = 143;
}
