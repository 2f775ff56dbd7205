using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Settlement.SampleHost.Database;

/// <summary>The response to a COMMIT was lost: it is unknown whether the transaction was committed.</summary>
internal sealed class UnknownOutcomeException(Exception cause) : DbException(
    $"The outcome of the commit is unknown: {cause.Message}", cause)
{
    public override bool IsTransient => true;
}

internal static class DatabaseErrors
{
    /// <summary>Whether the cause is a transient database error: the database is busy or unavailable, and a retry may succeed.</summary>
    public static bool IsTransientDatabaseError(this Exception exception) => exception.Chain().Any(e =>
        e is DbException { IsTransient: true } or SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED });

    /// <summary>Whether a write may have been committed despite this exception.</summary>
    public static bool IsOutcomeUnknown(this Exception exception) => exception.Chain().Any(e => e is UnknownOutcomeException);

    private static IEnumerable<Exception> Chain(this Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
            yield return e;
    }
}
