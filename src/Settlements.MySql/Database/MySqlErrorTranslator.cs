using System.Data.Common;
using System.Net.Sockets;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Turns the driver's errors into ones that name the place and the remedy.</summary>
internal static class MySqlErrorTranslator
{
    /// <param name="fault">What the driver threw.</param>
    /// <param name="place">Database and server, without secrets.</param>
    /// <param name="cancellationToken">When it is cancelled, an interrupted statement is the cancellation.</param>
    public static Exception Translate(Exception fault, string place, CancellationToken cancellationToken)
    {
        if (fault is not MySqlException known)
        {
            return new MySqlStoreException(
                $"{place}: {fault.Message.TrimEnd('.')}. The connection was lost; what was not committed is rolled back. Check the server and the network.",
                isTransient: true, fault);
        }

        return Translate(known, place, cancellationToken);
    }

    /// <summary>
    /// What the driver throws: its own errors, and a broken connection as the network says it. A host's own I/O, in a callback or a source, is
    /// none: only the stack tells the two apart.
    /// </summary>
    public static bool IsOfDriver(Exception fault) =>
        fault is MySqlException
        || (fault is IOException or SocketException && fault.StackTrace?.Contains("at MySqlConnector.", StringComparison.Ordinal) == true);

    private static Exception Translate(MySqlException fault, string place, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested && fault.ErrorCode is MySqlErrorCode.QueryInterrupted)
            return new OperationCanceledException(fault.Message, fault, cancellationToken);
        var remedy = Remedy(fault);
        return new MySqlStoreException($"{place}: {fault.Message.TrimEnd('.')}. {remedy}".TrimEnd(), IsTransient(fault), fault);
    }

    /// <summary>Worth another try as a whole transaction.</summary>
    public static bool IsTransient(MySqlException fault) =>
        fault.IsTransient || IsLostConnection(fault)
        || fault.ErrorCode is MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.ServerShutdown
            or MySqlErrorCode.TooManyUserConnections or MySqlErrorCode.ConnectionCountError
        || fault.Number is DeclaredTableChanged;

    public static bool IsLostConnection(MySqlException fault) =>
        fault.Number is KilledByAdministrator or ClientInteractionTimeout or (int)MySqlErrorCode.ServerShutdown
        || fault.ErrorCode is MySqlErrorCode.UnableToConnectToHost
        || HasTransportCause(fault);

    /// <summary>MariaDB: "Connection was killed".</summary>
    private const int KilledByAdministrator = 1927;

    /// <summary>MySQL: "The client was disconnected by the server because of inactivity".</summary>
    private const int ClientInteractionTimeout = 4031;

    /// <summary>"Table definition has changed, please retry transaction".</summary>
    private const int DeclaredTableChanged = 1412;

    private static bool HasTransportCause(Exception fault)
    {
        for (var cause = fault.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException or SocketException or ObjectDisposedException)
                return true;
        }

        return fault is MySqlException { ErrorCode: MySqlErrorCode.None, Number: 0 };
    }

    private static string Remedy(MySqlException fault) => fault.Number switch
    {
        1045 => "Check the user's name and password, and from which hosts it may connect.",
        1044 or 1142 or 1143 or 1227 or 1370 => "The user lacks a right: GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON the database TO it.",
        1049 => "Create the database first: CREATE DATABASE name. One that MySqlStoreOptions.Database names is created with the schema.",
        1040 or 1203 => "The server has no free connection: raise max_connections, or lower MaximumPoolSize of the connection string.",
        1042 or 2002 or 2003 or 2005 => "Check the server's name and port in the connection string, and that it runs and can be reached from here.",
        1114 or 1021 or 3675 => "The server is out of space: free disk space or enlarge its table space, then do it again; nothing was left half done.",
        1153 => "Raise max_allowed_packet on the server.",
        1205 or 1213 => "Other transactions held the same rows; it was tried again a few times. Look for transactions that stay open.",
        1290 or 1792 or 1836 => "The server is read-only: a replica, or set so. Name the primary in the connection string.",
        1146 => "Apply the schema once with `await engine.Schema.ApplyAsync()`, or check the table's name.",
        _ when IsLostConnection(fault) => "The connection was lost; what was not committed is rolled back. Check the server and the network.",
        _ when fault.ErrorCode == MySqlErrorCode.CommandTimeoutExpired => "Allow a longer CommandTimeout, or look for what holds the server up.",
        _ => "",
    };
}

/// <summary>The server refused something, or could not be reached. Nothing is left half done: the transaction is rolled back.</summary>
public sealed class MySqlStoreException : DbException
{
    private readonly bool _isTransient;

    internal MySqlStoreException(string message, bool isTransient, Exception? cause = null)
        : base(message, cause) => _isTransient = isTransient;

    /// <summary>Whether doing it again may help: after a deadlock, a lock timeout or a lost connection.</summary>
    public override bool IsTransient => _isTransient;

    /// <summary>The server's error number; 0 when there was none.</summary>
    public int Number => (InnerException as MySqlException)?.Number ?? 0;

    /// <summary>Whether the answer to a COMMIT was lost: what the database holds tells whether it was committed.</summary>
    internal bool IsCommitUnknown { get; private init; }

    internal static MySqlStoreException CommitUnknown(string place, Exception cause) => new(
        $"{place}: the connection was lost before the server answered to COMMIT. What was written is looked up before it is done again.",
        isTransient: true, cause)
    { IsCommitUnknown = true };
}
