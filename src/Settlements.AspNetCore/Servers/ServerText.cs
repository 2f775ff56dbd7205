using System.Globalization;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Figures as people read them.</summary>
internal static class ServerText
{
    /// <summary>Two figures that matter: <c>0.42 s</c>, <c>12.3 s</c>, <c>4 min 5 s</c>, <c>3 h 20 min</c>, <c>2 d 5 h</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.00} s"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min {duration.Seconds} s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours} h {duration.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.Days} d {duration.Hours} h"),
    };

    /// <summary>What a host is, why, and what to do: <c>db1 is Down as Primary (refused). Start it again, …</c></summary>
    public static string Sentences(ServerStatus host, IReadOnlyList<ServerStatus> hosts)
    {
        var detail = host.Detail.Length > 0 ? $" ({host.Detail.TrimEnd('.')})" : "";
        var lag = host.Lag is { } behind ? $", at most {Duration(behind)} behind" : "";
        return $"{host.Name} is {host.State} as {host.Role}{lag}{detail}. {ServerRemedy.Of(host, hosts)}".TrimEnd();
    }
}
