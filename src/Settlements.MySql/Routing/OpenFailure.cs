using System.Net.Sockets;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Classifies errors of opening a connection.</summary>
internal static class OpenFailure
{
    /// <summary>Returns whether the server is unavailable: it can't be reached, breaks the connection, or is shutting down.</summary>
    public static bool IsUnavailable(Exception failure) => failure switch
    {
        SocketException or IOException or TimeoutException => true,
        MySqlException e when IsBusy(e) => false,
        MySqlException e =>
            e.ErrorCode is MySqlErrorCode.UnableToConnectToHost or MySqlErrorCode.ServerShutdown or MySqlErrorCode.NormalShutdown
            || e.Number == KilledByAdministrator || HasTransportCause(e),
        _ => false,
    };

    /// <summary>
    /// Returns whether the server, or the library's pool for it, has reached its limit of connections. Another server may have a free
    /// connection.
    /// </summary>
    public static bool IsBusy(Exception failure) => failure is MySqlException e
        && (e.ErrorCode is MySqlErrorCode.ConnectionCountError or MySqlErrorCode.TooManyUserConnections or MySqlErrorCode.UserLimitReached
            || e.Message.Contains("pooled connections are in use", StringComparison.Ordinal));

    /// <summary>MariaDB: "Connection was killed".</summary>
    private const int KilledByAdministrator = 1927;

    private static bool HasTransportCause(Exception failure)
    {
        for (var cause = failure.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException or SocketException)
                return true;
        }

        return false;
    }
}
