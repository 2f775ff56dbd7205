using System.Diagnostics;
using System.Globalization;

namespace Settlement.Sqlite.Pipelines;

/// <summary>Owners are <c>machine:process id:random</c>.</summary>
internal static class ChunkOwner
{
    /// <summary>Whether the owner was a process of this machine that has ended. When in doubt it is still there, and its lease decides.</summary>
    public static bool IsGone(string owner)
    {
        var parts = owner.Split(':');
        if (parts.Length != 3 || parts[0] != Environment.MachineName
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
