using System.Security;

namespace Settlements;

/// <summary>Finds a time zone by its IANA name, and rejects names whose zone depends on the machine.</summary>
internal static class NamedTimeZone
{
    /// <summary>
    /// Returns the zone of an IANA name such as <c>Asia/Seoul</c>, and its current name, whichever of its names is installed.
    /// </summary>
    /// <exception cref="ArgumentException">The zone is not installed on this machine, or the name is not an IANA name.</exception>
    public static (TimeZoneInfo Zone, string Id) Find(string timeZoneId, string parameter) =>
        Find(timeZoneId, parameter, TimeZoneInfo.FindSystemTimeZoneById);

    /// <summary>Does the same with the zones that <paramref name="find"/> returns; for tests.</summary>
    internal static (TimeZoneInfo Zone, string Id) Find(string timeZoneId, string parameter, Func<string, TimeZoneInfo> find)
    {
        ArgumentNullException.ThrowIfNull(timeZoneId, parameter);
        if (IsMachineSpecific(timeZoneId))
        {
            throw new ArgumentException(
                $"Time zone '{timeZoneId}' depends on the machine; use an IANA time zone such as 'Asia/Seoul' or 'Etc/UTC'.", parameter);
        }

        var zone = FindAny(timeZoneId, parameter, find);
        if (zone.HasIanaId)
            return (zone, RenamedZones.Canonical(zone.Id));
        var remedy = TimeZoneInfo.TryConvertWindowsIdToIanaId(timeZoneId, out var iana) ? $"'{iana}'" : "one such as 'Asia/Seoul'";
        throw new ArgumentException($"Time zone '{timeZoneId}' is not an IANA name; use {remedy}.", parameter);
    }

    private static TimeZoneInfo FindAny(string timeZoneId, string parameter, Func<string, TimeZoneInfo> find)
    {
        Exception? first = null;
        foreach (var name in RenamedZones.NamesOf(timeZoneId))
        {
            try
            {
                return find(name);
            }
            catch (Exception unknown) when (unknown is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException)
            {
                first ??= unknown;
            }
        }

        throw new ArgumentException(
            $"Time zone '{timeZoneId}' is not installed on this machine; use an IANA time zone such as 'Asia/Seoul' or 'Etc/UTC', " +
            "and on Linux check that the tzdata package is installed.",
            parameter,
            first);
    }

    // Files in the zone directory of Linux: the local setting of the machine, and variants with leap seconds or that are not installed
    // everywhere.
    private static bool IsMachineSpecific(string id) =>
        id.Equals("localtime", StringComparison.OrdinalIgnoreCase) ||
        id.Equals("posixrules", StringComparison.OrdinalIgnoreCase) ||
        id.StartsWith("right/", StringComparison.OrdinalIgnoreCase) ||
        id.StartsWith("posix/", StringComparison.OrdinalIgnoreCase);
}
