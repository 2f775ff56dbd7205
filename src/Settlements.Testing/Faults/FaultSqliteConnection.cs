using System.Data;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Settlements.Testing;

/// <summary>
/// A connection to an SQLite file that counts its statements, including those that begin, commit and roll back transactions, and injects
/// the fault of its plan. A command with several statements counts as one. Use it directly, or in a store through
/// <c>SqliteStoreOptions.Connect</c>.
/// </summary>
public sealed class FaultSqliteConnection : SqliteConnection, IStatementObserver
{
    private readonly FaultPlan _plan;
    private bool _isBroken;
    private long _current;

    /// <summary>Creates a closed connection.</summary>
    /// <param name="connectionString">A connection string of <see cref="SqliteConnection"/>.</param>
    /// <param name="plan">The plan, shared by all connections of the code under test.</param>
    public FaultSqliteConnection(string connectionString, FaultPlan plan)
        : base(connectionString)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
    }

    /// <inheritdoc/>
    public override void Open()
    {
        if (_plan.IsStopped)
            throw new ProcessStoppedException(_plan.Statements);
        base.Open();
    }

    /// <inheritdoc/>
    public override SqliteCommand CreateCommand() => new FaultCommand(this);

    void IStatementObserver.Before(string sql) => Before(sql);

    void IStatementObserver.After(string sql) => After(sql);

    private void Before(string sql)
    {
        // The transaction is rolled back already, so the driver's ROLLBACK has nothing to do.
        if (IsRollback(sql) && (_isBroken || _plan.IsStopped))
            return;
        if (_plan.IsStopped)
            throw new ProcessStoppedException(_plan.Statements);
        if (_isBroken)
            throw Broken();
        _current = _plan.CountStatement();
        if (_plan.TryInject(_current, FaultSide.Before))
            Fail(sql);
    }

    private void After(string sql)
    {
        if (_plan.TryInject(_current, FaultSide.After))
            Fail(sql);
    }

    private void Fail(string sql)
    {
        // A failed BEGIN opens no transaction, and a lost connection has none.
        if (_plan.Kind != FaultKind.Exception || sql.StartsWith("BEGIN", StringComparison.OrdinalIgnoreCase))
        {
            if (State == ConnectionState.Open && raw.sqlite3_get_autocommit(Handle) == 0)
                raw.sqlite3_exec(Handle, "ROLLBACK");
        }

        _isBroken = _plan.Kind == FaultKind.BrokenConnection;
        throw _plan.Kind switch
        {
            FaultKind.ProcessStop => new ProcessStoppedException(_current),
            FaultKind.BrokenConnection => Broken(),
            _ => new SqliteException($"{_plan}: injected fault: the disk is full.", raw.SQLITE_FULL),
        };
    }

    private SqliteException Broken() => new($"{_plan}: injected fault: the connection is lost.", raw.SQLITE_IOERR);

    private static bool IsRollback(string sql) => sql.StartsWith("ROLLBACK", StringComparison.OrdinalIgnoreCase);

    /// <summary>A command that injects faults. All execute methods of this driver call <c>ExecuteReader</c>.</summary>
    private sealed class FaultCommand : SqliteCommand
    {
        private readonly FaultSqliteConnection _connection;

        [SuppressMessage(
            "Design", "CA2214:Do not call overridable methods in constructors", Justification = "The base class does the same.")]
        public FaultCommand(FaultSqliteConnection connection)
        {
            _connection = connection;
            Connection = connection;
            CommandTimeout = connection.DefaultTimeout;
            Transaction = connection.Transaction;
        }

        public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
        {
            _connection.Before(CommandText);
            var reader = base.ExecuteReader(behavior);
            try
            {
                _connection.After(CommandText);
                return reader;
            }
            catch
            {
                reader.Dispose();
                throw;
            }
        }
    }
}
