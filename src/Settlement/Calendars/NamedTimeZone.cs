using System.Security;

namespace Settlement.Calendars;

/// <summary>Finds a time zone by its IANA name, and refuses names that would mean another zone on another machine.</summary>
internal static class NamedTimeZone
{
    /// <summary>The zone of an IANA name such as <c>Asia/Seoul</c>.</summary>
    /// <exception cref="ArgumentException">The name isn't a zone that this machine knows, or isn't an IANA name.</exception>
    public static TimeZoneInfo Find(string timeZoneId, string parameter)
    {
        ArgumentNullException.ThrowIfNull(timeZoneId, parameter);
        if (IsOfTheMachine(timeZoneId))
        {
            throw new ArgumentException(
                $"Time zone '{timeZoneId}' depends on the machine; name an IANA time zone such as 'Asia/Seoul' or 'Etc/UTC'.", parameter);
        }

        TimeZoneInfo zone;
        try
        {
            zone = TimeZoneInfo.FindSystemTimeZoneById(timeZoneId);
        }
        catch (Exception unknown) when (unknown is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException)
        {
            throw new ArgumentException(
                $"Time zone '{timeZoneId}' isn't known here; name an IANA time zone such as 'Asia/Seoul' or 'Etc/UTC', " +
                "and on Linux check that the tzdata package is installed.",
                parameter,
                unknown);
        }

        if (zone.HasIanaId)
            return zone;
        var remedy = TimeZoneInfo.TryConvertWindowsIdToIanaId(timeZoneId, out var iana) ? $"'{iana}'" : "one such as 'Asia/Seoul'";
        throw new ArgumentException($"Time zone '{timeZoneId}' isn't an IANA name; use {remedy}.", parameter);
    }

    // Files that stand among the zones on Linux: the machine's own setting, and variants that count leap seconds or aren't everywhere.
    private static bool IsOfTheMachine(string id) =>
        id.Equals("localtime", StringComparison.OrdinalIgnoreCase) ||
        id.Equals("posixrules", StringComparison.OrdinalIgnoreCase) ||
        id.StartsWith("right/", StringComparison.OrdinalIgnoreCase) ||
        id.StartsWith("posix/", StringComparison.OrdinalIgnoreCase);
}
