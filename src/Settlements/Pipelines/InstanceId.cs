using System.Diagnostics;
using System.Globalization;

namespace Settlements.Pipelines;

/// <summary>Who works on a run: unique to one start of it on one host, and known by others to be gone when its process is.</summary>
public static class InstanceId
{
    /// <summary>The machine, and on Linux its process namespace: containers may share a name, and not the numbers of processes.</summary>
    private static readonly string Machine = Environment.MachineName.Replace(':', '-') + Namespace();

    /// <summary>A new owner in this process, as <c>machine:process id:random</c>.</summary>
    /// <returns>The owner.</returns>
    public static string New() => string.Create(CultureInfo.InvariantCulture, $"{Machine}:{Environment.ProcessId}:{Guid.NewGuid():N}");

    /// <summary>
    /// Whether the owner was a process of this machine that has ended. When in doubt it is still there, and its lease decides; and should it be
    /// there after all, its writes are refused by their fencing token.
    /// </summary>
    /// <param name="owner">As <see cref="New"/> gave it.</param>
    /// <returns>Whether it is surely gone.</returns>
    public static bool IsDead(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var parts = owner.Split(':');
        if (parts.Length != 3 || parts[0] != Machine || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return false;

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

    /// <summary>On Linux a process that has ended keeps its number until its parent asks for its exit code, which some never do.</summary>
    private static bool IsZombie(int id)
    {
        try
        {
            // As "1234 (name) Z 1 …", where the name may hold anything.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            return stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart() is ['Z' or 'X', ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>As <c>pid:[4026531836]</c>; only the number is kept.</summary>
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
