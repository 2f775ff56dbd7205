using System.Security;

namespace Settlements;

/// <summary>Finds a time zone by its IANA name, and refuses names that would mean another zone on another machine.</summary>
internal static class NamedTimeZone
{
    /// <summary>The zone of an IANA name such as <c>Asia/Seoul</c>, and its present name, whichever of its names is installed.</summary>
    /// <exception cref="ArgumentException">The name isn't a zone that this machine knows, or isn't an IANA name.</exception>
    public static (TimeZoneInfo Zone, string Id) Find(string timeZoneId, string parameter) =>
        Find(timeZoneId, parameter, TimeZoneInfo.FindSystemTimeZoneById);

    /// <summary>The same among the zones that <paramref name="find"/> knows; for tests.</summary>
    internal static (TimeZoneInfo Zone, string Id) Find(string timeZoneId, string parameter, Func<string, TimeZoneInfo> find)
    {
        ArgumentNullException.ThrowIfNull(timeZoneId, parameter);
        if (IsOfTheMachine(timeZoneId))
        {
            throw new ArgumentException(
                $"Time zone '{timeZoneId}' depends on the machine; name an IANA time zone such as 'Asia/Seoul' or 'Etc/UTC'.", parameter);
        }

        var zone = FindAny(timeZoneId, parameter, find);
        if (zone.HasIanaId)
            return (zone, RenamedZones.Canonical(zone.Id));
        var remedy = TimeZoneInfo.TryConvertWindowsIdToIanaId(timeZoneId, out var iana) ? $"'{iana}'" : "one such as 'Asia/Seoul'";
        throw new ArgumentException($"Time zone '{timeZoneId}' isn't an IANA name; use {remedy}.", parameter);
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
            $"Time zone '{timeZoneId}' isn't known here; name an IANA time zone such as 'Asia/Seoul' or 'Etc/UTC', " +
            "and on Linux check that the tzdata package is installed.",
            parameter,
            first);
    }

    // Files that stand among the zones on Linux: the machine's own setting, and variants that count leap seconds or aren't everywhere.
    private static bool IsOfTheMachine(string id) =>
        id.Equals("localtime", StringComparison.OrdinalIgnoreCase) ||
        id.Equals("posixrules", StringComparison.OrdinalIgnoreCase) ||
        id.StartsWith("right/", StringComparison.OrdinalIgnoreCase) ||
        id.StartsWith("posix/", StringComparison.OrdinalIgnoreCase);
}
