using System.Data.Common;
using System.Net.Sockets;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Translates the driver's errors into store errors that name database, server and remedy.</summary>
internal static class MySqlErrorTranslator
{
    /// <summary>Translates an error.</summary>
    /// <param name="error">The driver's exception.</param>
    /// <param name="location">Database and server, without secrets.</param>
    /// <param name="cancellationToken">If it is cancelled, an interrupted statement becomes an
    /// <see cref="OperationCanceledException"/>.</param>
    public static Exception Translate(Exception error, string location, CancellationToken cancellationToken)
    {
        if (error is not MySqlException known)
        {
            return new MySqlStoreException(
                $"{location}: {error.Message.TrimEnd('.')}. The connection was lost; what was not committed is "
                    + "rolled back. Check the server and the network.",
                isTransient: true, error);
        }

        return Translate(known, location, cancellationToken);
    }

    /// <summary>
    /// Returns whether the driver threw an exception: its own type, or a network error of its connection. The application's I/O errors, in
    /// a callback or a source, are distinguished by the stack trace only.
    /// </summary>
    public static bool IsDriverError(Exception error) =>
        error is MySqlException
        || (error is IOException or SocketException && error.StackTrace?.Contains("at MySqlConnector.", StringComparison.Ordinal) == true);

    private static Exception Translate(MySqlException error, string location, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested && error.ErrorCode is MySqlErrorCode.QueryInterrupted)
            return new OperationCanceledException(error.Message, error, cancellationToken);
        var remedy = Remedy(error);
        return new MySqlStoreException($"{location}: {error.Message.TrimEnd('.')}. {remedy}".TrimEnd(), IsTransient(error), error);
    }

    /// <summary>Returns whether the error is transient, so that the transaction can be retried as a whole.</summary>
    public static bool IsTransient(MySqlException error) =>
        error.IsTransient || IsLostConnection(error)
        || error.ErrorCode is MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.ServerShutdown
            or MySqlErrorCode.TooManyUserConnections or MySqlErrorCode.ConnectionCountError
        || error.Number is DeclaredTableChanged || IsLostNode(error);

    public static bool IsLostConnection(MySqlException error) =>
        error.Number is KilledByAdministrator or ClientInteractionTimeout or (int)MySqlErrorCode.ServerShutdown
        || error.ErrorCode is MySqlErrorCode.UnableToConnectToHost
        || HasTransportCause(error);

    /// <summary>Returns whether the server could not reach another one, on which it keeps rows of the table.</summary>
    private static bool IsLostNode(MySqlException error) => error.Number is SpiderServerGone or ForeignServerUnreachable
        or (>= NetReadError and <= NetWriteInterrupted) or ServerGone or ServerLost;

    /// <summary>Spider: "Remote MySQL server has gone away".</summary>
    private const int SpiderServerGone = 12701;

    /// <summary>"Unable to connect to foreign data source".</summary>
    private const int ForeignServerUnreachable = 1429;

    /// <summary>
    /// The first of four: an error, or a timeout, of reading or writing packets; sent by a server as an error of its connection to another.
    /// </summary>
    private const int NetReadError = 1158;

    private const int NetWriteInterrupted = 1161;

    /// <summary>A client's "MySQL server has gone away", passed on by a server that is a client of another.</summary>
    private const int ServerGone = 2006;

    /// <summary>A client's "Lost connection to MySQL server during query", passed on likewise.</summary>
    private const int ServerLost = 2013;

    /// <summary>MariaDB: "Connection was killed".</summary>
    private const int KilledByAdministrator = 1927;

    /// <summary>MySQL: "The client was disconnected by the server because of inactivity".</summary>
    private const int ClientInteractionTimeout = 4031;

    /// <summary>"Table definition has changed, please retry transaction".</summary>
    private const int DeclaredTableChanged = 1412;

    private static bool HasTransportCause(Exception error)
    {
        for (var cause = error.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException or SocketException or ObjectDisposedException)
                return true;
        }

        return error is MySqlException { ErrorCode: MySqlErrorCode.None, Number: 0 };
    }

    private static string Remedy(MySqlException error) => error.Number switch
    {
        1045 => "Check the user's name and password, and the client addresses from which it may connect.",
        1044 or 1142 or 1143 or 1227 or 1370 =>
            "The user lacks a privilege: GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON the store's database TO it; "
            + "for a usage source on another server, GRANT SELECT ON its tables.",
        1049 => "Create the database first: CREATE DATABASE name. The one set in MySqlStoreOptions.Database is created with the schema.",
        1040 or 1203 => "The server has no free connection: raise max_connections, or lower MaximumPoolSize of the connection string.",
        1042 or 2002 or 2003 or 2005 => "Check the server's name and port in the connection string, and that it is running and reachable.",
        1114 or 1021 or 3675 =>
            "The server is out of space: free disk space or enlarge its table space, then retry; the transaction was rolled back.",
        1153 => "Raise max_allowed_packet on the server.",
        1205 or 1213 => "Other transactions hold locks on the same rows, and all retries failed. Look for transactions that stay open.",
        1290 or 1792 or 1836 => "The server is read-only, for example a replica. Use the primary in the connection string.",
        1146 => "Apply the schema once with `await engine.Schema.ApplyAsync()`, or check the table's name.",
        _ when IsLostNode(error) =>
            "A server on which this one keeps rows of the table is down or unreachable. Start it, and check the network; then retry.",
        _ when IsLostConnection(error) =>
            "The connection was lost; what was not committed is rolled back. Check the server and the network.",
        _ when error.ErrorCode == MySqlErrorCode.CommandTimeoutExpired =>
            "Increase CommandTimeout, or look for what blocks the statement on the server.",
        _ => "",
    };
}

/// <summary>The exception for errors of the server or the connection. The transaction is rolled back.</summary>
public sealed class MySqlStoreException : DbException
{
    private readonly bool _isTransient;

    internal MySqlStoreException(string message, bool isTransient, Exception? cause = null)
        : base(message, cause) => _isTransient = isTransient;

    /// <summary>Whether a retry may succeed: after a deadlock, a lock timeout or a lost connection.</summary>
    public override bool IsTransient => _isTransient;

    /// <summary>The server's error number; 0 for none.</summary>
    public int Number => (InnerException as MySqlException)?.Number ?? 0;

    /// <summary>Whether the answer to a COMMIT was lost, so that only the database shows whether it was committed.</summary>
    internal bool IsCommitUnknown { get; private init; }

    internal static MySqlStoreException CommitUnknown(string location, Exception cause) => new(
        $"{location}: the connection was lost before the server answered COMMIT. The outcome is read from the database before a retry.",
        isTransient: true, cause)
    { IsCommitUnknown = true };
}
