using Microsoft.Extensions.Logging;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Logs changes of servers' states and roles, and counts them.</summary>
internal sealed partial class RoutingLog(ILogger logger)
{
    public void Changed(ServerView was, ServerView now)
    {
        if (now.State is ServerState.Down or ServerState.Refused && was.State is not (ServerState.Down or ServerState.Refused))
        {
            RoutingTelemetry.Ejections.Add(1, new KeyValuePair<string, object?>("server", now.Server.Name));
            TakenOut(logger, now.Server.Name, now.State, now.Detail.TrimEnd('.'));
        }
        else
        {
            Found(logger, now.Server.Name, now.State, now.Role, now.Detail.Length > 0 ? $" ({now.Detail.TrimEnd('.')})" : "");
        }
    }

    public void PrimaryChanged(string? was, string? now, string reason)
    {
        RoutingTelemetry.PrimaryChanges.Add(1);
        if (now is null)
            NoPrimary(logger, was ?? "none", reason);
        else
            Primary(logger, now, was ?? "none");
    }

    public void ReplicationHidden(string server) => Hidden(logger, server);

    public void BypassesReadOnly(string server) => Bypasses(logger, server);

    [LoggerMessage(3101, LogLevel.Warning, "Server {Server} ejected ({State}): {Detail}. It is used again after a successful probe.")]
    private static partial void TakenOut(ILogger logger, string server, ServerState state, string detail);

    [LoggerMessage(3102, LogLevel.Information, "Server {Server} is {State} as {Role}{Detail}.")]
    private static partial void Found(ILogger logger, string server, ServerState state, ServerRole role, string detail);

    [LoggerMessage(3103, LogLevel.Information, "Server {Server} is the primary; previously {Previous}.")]
    private static partial void Primary(ILogger logger, string server, string previous);

    [LoggerMessage(3104, LogLevel.Error, "No writable primary; previously {Previous}. {Reason}")]
    private static partial void NoPrimary(ILogger logger, string previous, string reason);

    [LoggerMessage(
        3105, LogLevel.Warning,
        "The user may not read the replication status of server {Server}, so its role is derived from read_only only: GRANT SLAVE MONITOR "
        + "ON *.* TO the user (MySQL: REPLICATION CLIENT).")]
    private static partial void Hidden(ILogger logger, string server);

    [LoggerMessage(
        3106, LogLevel.Warning,
        "The user may write to server {Server} even when it is read-only (SUPER, READ_ONLY ADMIN or ALL PRIVILEGES), so each connection "
        + "for writing queries read_only first, which costs a round trip. Use a user without these privileges.")]
    private static partial void Bypasses(ILogger logger, string server);
}
