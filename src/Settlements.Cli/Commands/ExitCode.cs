namespace Settlements.Cli;

/// <summary>What the program says to the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>A check found something: <c>verify</c> saw differences.</summary>
    public const int Found = 1;

    /// <summary>Wrong use, bad input, or a store that can't be used: nothing further was done.</summary>
    public const int Wrong = 2;

    /// <summary>Stopped by Ctrl+C, as shells have it: 128 + the signal's number. What was done is kept.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM.</summary>
    public const int Terminated = 143;
}
