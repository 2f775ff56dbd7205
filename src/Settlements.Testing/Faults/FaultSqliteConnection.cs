using System.Data;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Settlements.Testing;

/// <summary>
/// A connection to an SQLite file that counts statements, those that open, commit and roll back transactions included, and fails as its plan says.
/// A command with several statements counts as one. Give it to a store by <c>SqliteStoreOptions.Connect</c>, or use it by itself.
/// </summary>
public sealed class FaultSqliteConnection : SqliteConnection, IStatementObserver
{
    private readonly FaultPlan _plan;
    private bool _isBroken;
    private long _current;

    /// <summary>A connection that is not open yet.</summary>
    /// <param name="connectionString">As for <see cref="SqliteConnection"/>.</param>
    /// <param name="plan">Shared by all connections of what is tested.</param>
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
        // What is undone here already: the driver's own rollback finds nothing to do.
        if (IsRollback(sql) && (_isBroken || _plan.IsStopped))
            return;
        if (_plan.IsStopped)
            throw new ProcessStoppedException(_plan.Statements);
        if (_isBroken)
            throw Broken();
        _current = _plan.Count();
        if (_plan.Strikes(_current, FaultSide.Before))
            Fail(sql);
    }

    private void After(string sql)
    {
        if (_plan.Strikes(_current, FaultSide.After))
            Fail(sql);
    }

    private void Fail(string sql)
    {
        // A transaction whose beginning failed is not there; nor is one of a lost connection.
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
            _ => new SqliteException($"{_plan}: the disk is full, as its test wants.", raw.SQLITE_FULL),
        };
    }

    private SqliteException Broken() => new($"{_plan}: the connection is lost, as its test wants.", raw.SQLITE_IOERR);

    private static bool IsRollback(string sql) => sql.StartsWith("ROLLBACK", StringComparison.OrdinalIgnoreCase);

    /// <summary>All ways to execute a command of this driver lead through its ExecuteReader.</summary>
    private sealed class FaultCommand : SqliteCommand
    {
        private readonly FaultSqliteConnection _connection;

        [SuppressMessage("Design", "CA2214:Do not call overridable methods in constructors", Justification = "The driver's own command does the same.")]
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
