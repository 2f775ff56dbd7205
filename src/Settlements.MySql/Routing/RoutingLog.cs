using Microsoft.Extensions.Logging;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>What is said of hosts, in the log and in numbers.</summary>
internal sealed partial class RoutingLog(ILogger logger)
{
    public void Changed(ServerView was, ServerView now)
    {
        if (now.State is ServerState.Down or ServerState.Refused && was.State is not (ServerState.Down or ServerState.Refused))
        {
            RoutingTelemetry.Ejections.Add(1, new KeyValuePair<string, object?>("host", now.Host.Name));
            TakenOut(logger, now.Host.Name, now.State, now.Detail.TrimEnd('.'));
        }
        else
        {
            Found(logger, now.Host.Name, now.State, now.Role, now.Detail.Length > 0 ? $" ({now.Detail.TrimEnd('.')})" : "");
        }
    }

    public void PrimaryChanged(string? was, string? now, string fault)
    {
        RoutingTelemetry.PrimaryChanges.Add(1);
        if (now is null)
            NoPrimary(logger, was ?? "nobody", fault);
        else
            Primary(logger, now, was ?? "nobody");
    }

    public void ReplicationHidden(string host) => Hidden(logger, host);

    public void BypassesReadOnly(string host) => Bypasses(logger, host);

    [LoggerMessage(3101, LogLevel.Warning, "{Host} is taken out ({State}): {Detail}. A good probe lets it in again.")]
    private static partial void TakenOut(ILogger logger, string host, ServerState state, string detail);

    [LoggerMessage(3102, LogLevel.Information, "{Host} is {State} as {Role}{Detail}.")]
    private static partial void Found(ILogger logger, string host, ServerState state, ServerRole role, string detail);

    [LoggerMessage(3103, LogLevel.Information, "{Host} takes the writes now; before it was {Before}.")]
    private static partial void Primary(ILogger logger, string host, string before);

    [LoggerMessage(3104, LogLevel.Error, "Nobody takes writes now; before it was {Before}. {Fault}")]
    private static partial void NoPrimary(ILogger logger, string before, string fault);

    [LoggerMessage(
        3105, LogLevel.Warning,
        "{Host} does not tell our user about its replication, so its role comes from read_only alone: GRANT SLAVE MONITOR ON *.* TO it (MySQL: REPLICATION CLIENT).")]
    private static partial void Hidden(ILogger logger, string host);

    [LoggerMessage(
        3106, LogLevel.Warning,
        "{Host} lets our user write though it be read-only (SUPER, READ_ONLY ADMIN or all rights): each opening for writing asks it first, which costs a round "
        + "trip. Use a user without these rights.")]
    private static partial void Bypasses(ILogger logger, string host);
}
