using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// The hot loop: sums rows of the library's own table in an aggregate function of SQLite, which is given their values where they stand. Reading them
/// row by row takes eight calls a row, each with a lock of the connection: about half as fast again.
/// </summary>
internal sealed class OwnEventSummer(RecordedCalendar calendar, SumAccumulator totals, CancellationToken cancellationToken)
{
    /// <summary>How many rows pass between two looks at a cancellation.</summary>
    private const int CancellationCheckInterval = 4096;

    private const string Function = "settlement_sum";

    private bool _isLate;
    private long _rows;
    private Exception? _failure;

    /// <returns>How many rows were summed.</returns>
    public long Sum(SqliteConnection connection, EventRows rows, SourceSlice slice)
    {
        _isLate = rows.IsLate;
        var database = connection.Handle!;
        Check(raw.sqlite3_create_function(database, Function, 5, null, Add, End), database);
        try
        {
            using var statement = rows.Select(connection, $"{Function}(meter, item_id, payee_id, quantity, occurred_at)", slice);
            statement.Step();
        }
        catch (SqliteException) when (_failure is not null)
        {
            // What was thrown in the function itself is thrown below.
        }
        finally
        {
            // The connection goes back to its pool.
            Check(raw.sqlite3_create_function(database, Function, 5, null, (delegate_function_aggregate_step?)null, null), database);
        }

        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
        return _rows;
    }

    /// <summary>Adds a row. Nothing may be thrown through SQLite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(sqlite3_context context, object userData, sqlite3_value[] row)
    {
        try
        {
            if (_rows++ % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var ownDay = _isLate ? calendar.DayOf(UnixMicroseconds.ToInstant(raw.sqlite3_value_int64(row[4]))).DayNumber : 0;
            totals.Add(
                raw.sqlite3_value_blob(row[0]), raw.sqlite3_value_blob(row[1]), raw.sqlite3_value_blob(row[2]), ownDay, raw.sqlite3_value_int64(row[3]));
        }
#pragma warning disable CA1031 // it is kept, and thrown when SQLite has returned
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failure ??= e;
            raw.sqlite3_result_error(context, "see the exception");
        }
    }

    private static void End(sqlite3_context context, object userData) => raw.sqlite3_result_null(context);

    private static void Check(int code, sqlite3 database)
    {
        if (code != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(code, database);
    }
}
