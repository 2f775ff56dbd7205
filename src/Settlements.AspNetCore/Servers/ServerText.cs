using System.Globalization;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Formats durations and server states for operators.</summary>
internal static class ServerText
{
    /// <summary>
    /// Formats a duration with two or three significant digits: <c>0.42 s</c>, <c>12.3 s</c>, <c>4 min 5 s</c>, <c>3 h 20 min</c>, <c>2 d 5
    /// h</c>.
    /// </summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.00} s"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min {duration.Seconds} s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours} h {duration.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.Days} d {duration.Hours} h"),
    };

    /// <summary>
    /// Describes a server's role, state, cause and remedy: <c>db1: Primary, Down (connection refused). Start it again, …</c>
    /// </summary>
    public static string Sentences(ServerStatus server, IReadOnlyList<ServerStatus> servers)
    {
        var detail = server.Detail.Length > 0 ? $" ({server.Detail.TrimEnd('.')})" : "";
        var lag = server.Lag is { } behind ? $", lag at most {Duration(behind)}" : "";
        return $"{server.Name}: {server.Role}, {server.State}{lag}{detail}. {ServerRemedy.Of(server, servers)}".TrimEnd();
    }
}
