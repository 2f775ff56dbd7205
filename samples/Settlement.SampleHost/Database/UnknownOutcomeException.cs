using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Settlement.SampleHost.Database;

/// <summary>The answer to a commit was lost: the write is there whole, or not at all, and nobody here knows which.</summary>
internal sealed class UnknownOutcomeException(Exception cause) : DbException($"Whether the write was done is not known: {cause.Message}", cause)
{
    public override bool IsTransient => true;
}

internal static class DatabaseFaults
{
    /// <summary>Whether a database that is busy or away is at the bottom of this: nothing about the request is wrong, and a later one may succeed.</summary>
    public static bool IsPassing(this Exception exception) => exception.Chain().Any(e =>
        e is DbException { IsTransient: true } or SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED });

    /// <summary>Whether a write may have been done in spite of this.</summary>
    public static bool IsOutcomeUnknown(this Exception exception) => exception.Chain().Any(e => e is UnknownOutcomeException);

    private static IEnumerable<Exception> Chain(this Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
            yield return e;
    }
}
