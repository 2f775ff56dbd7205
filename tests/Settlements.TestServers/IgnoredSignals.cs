using System.Runtime.InteropServices;

namespace Settlements.TestServers;

/// <summary>
/// Resets signals that this process ignores because its parent did: a shell ignores SIGINT and SIGQUIT in background processes, and child
/// processes inherit that. A test that sends SIGINT would then wait forever.
/// </summary>
public static partial class IgnoredSignals
{
    private const int DefaultDisposition = 0;
    private const int IgnoreDisposition = 1;

    /// <summary>Larger than a <c>struct sigaction</c> of Linux or macOS.</summary>
    private const int ActionBytes = 512;

    /// <summary>SIGINT, SIGQUIT and SIGTERM, by the numbers that POSIX fixes.</summary>
    private static readonly int[] Numbers = [2, 3, 15];

    /// <summary>
    /// Restores the default disposition of SIGINT, SIGQUIT and SIGTERM if they are ignored, in this process and so in processes that it
    /// starts later. Installed handlers are kept. Does nothing on Windows, which has no dispositions.
    /// </summary>
    public static void Reset()
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (var number in Numbers)
        {
            if (IsIgnored(number))
                _ = SetDisposition(number, DefaultDisposition);
        }
    }

    /// <summary>The handler is the first field of the structure, on Linux and macOS.</summary>
    private static bool IsIgnored(int number)
    {
        var action = Marshal.AllocHGlobal(ActionBytes);
        try
        {
            return GetAction(number, 0, action) == 0 && Marshal.ReadIntPtr(action) == IgnoreDisposition;
        }
        finally
        {
            Marshal.FreeHGlobal(action);
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetAction(int number, nint newAction, nint oldAction);

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SetDisposition(int number, nint disposition);
}
