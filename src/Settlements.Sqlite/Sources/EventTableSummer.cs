using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// Sums rows of the library's event table in a user-defined aggregate function, which reads their values without copying them.
/// </summary>
/// <remarks>
/// This is the hot loop. Reading row by row would take eight calls per row, each with a lock of the connection, and 1.5 times as long.
/// </remarks>
internal sealed class EventTableSummer(RecordedCalendar calendar, SumAccumulator totals, CancellationToken cancellationToken)
{
    /// <summary>Rows read between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 4096;

    private const string Function = "settlement_sum";

    private bool _isLate;
    private long _rows;
    private Exception? _failure;

    /// <summary>Sums the rows of a slice.</summary>
    /// <returns>The number of rows summed.</returns>
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
            // The exception thrown within the function is rethrown below.
        }
        finally
        {
            // The connection is returned to its pool, without the function.
            Check(raw.sqlite3_create_function(database, Function, 5, null, (delegate_function_aggregate_step?)null, null), database);
        }

        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
        return _rows;
    }

    /// <summary>Adds a row. An exception must not propagate through SQLite's native code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(sqlite3_context context, object userData, sqlite3_value[] row)
    {
        try
        {
            if (_rows++ % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var usageDate = _isLate ? calendar.DayOf(UnixMicroseconds.ToInstant(raw.sqlite3_value_int64(row[4]))).DayNumber : 0;
            totals.Add(
                raw.sqlite3_value_blob(row[0]), raw.sqlite3_value_blob(row[1]), raw.sqlite3_value_blob(row[2]), usageDate,
                raw.sqlite3_value_int64(row[3]));
        }
#pragma warning disable CA1031 // stored, and rethrown when SQLite has returned
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
