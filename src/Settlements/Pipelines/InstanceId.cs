using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements.Stores;

/// <summary>
/// Creates the id of an instance that works on a run. It is unique for each start of a run, and it identifies the process, so that other
/// instances detect that its process has ended.
/// </summary>
[Experimental("SETTLE001")]
public static class InstanceId
{
    /// <summary>The machine name, and on Linux the process namespace: containers may have the same name but separate process ids.</summary>
    private static readonly string Machine = Environment.MachineName.Replace(':', '-') + Namespace();

    /// <summary>Creates an id in this process, in the form <c>machine:process id:random</c>.</summary>
    /// <returns>The id.</returns>
    public static string New() => string.Create(CultureInfo.InvariantCulture, $"{Machine}:{Environment.ProcessId}:{Guid.NewGuid():N}");

    /// <summary>
    /// Returns whether the owner was a process of this machine that has ended. In case of doubt it is considered alive until its lease
    /// expires. The writes of an owner that is wrongly considered dead are rejected by their fencing token.
    /// </summary>
    /// <param name="owner">The id from <see cref="New"/>.</param>
    /// <returns>Whether the process has certainly ended.</returns>
    public static bool IsDead(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var parts = owner.Split(':');
        if (parts.Length != 3 || parts[0] != Machine
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited || IsZombie(id);
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    /// <summary>On Linux an ended process keeps its id until its parent reads its exit code, which some parents never do.</summary>
    private static bool IsZombie(int id)
    {
        try
        {
            // The format is "1234 (name) Z 1 …", where the name may contain any character.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            return stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart() is ['Z' or 'X', ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads the namespace, in the form <c>pid:[4026531836]</c>, and returns its number.</summary>
    private static string Namespace()
    {
        try
        {
            var target = File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name;
            return target is null ? "" : "/" + string.Concat(target.Where(char.IsAsciiDigit));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
