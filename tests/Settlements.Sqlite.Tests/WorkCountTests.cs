using System.Data;
using Microsoft.Data.Sqlite;
using Settlements.Testing;
using Settlements.WorkCounts;
using SQLitePCL;

namespace Settlements.Sqlite.Tests;

[Collection(AloneInTheProcess.Name)]
public sealed class SqliteWorkCountTests : WorkCountContract
{
    private readonly CountedConnections _counted = new();

    protected override string Store => "sqlite";

    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override void Use(StoreUnderTest store, SettlementBuilder settlement) => settlement.UseSqlite(new SqliteStoreOptions
    {
        ConnectionString = ((SqliteUnderTest)store).ConnectionString, Connect = _counted.Connect,
    });

    protected override Task<WorkCount> ReadAsync() => Task.FromResult(new WorkCount(_counted.Statements, 0, _counted.Rows, 0));

    /// <summary>Counts statements and changed rows of connections.</summary>
    private sealed class CountedConnections
    {
        private readonly List<Counted> _open = [];
        private readonly Lock _lock = new();
        private long _statements;
        private long _rowsOfClosed;

        public long Statements => Interlocked.Read(ref _statements);

        public long Rows
        {
            get
            {
                lock (_lock)
                    return _rowsOfClosed + _open.Sum(connection => connection.Rows);
            }
        }

        public SqliteConnection Connect(string connectionString) => new Counted(connectionString, this);

        private sealed class Counted(
            string connectionString, CountedConnections owner) : SqliteConnection(connectionString), IStatementObserver
        {
            private long _before;

            /// <summary>The driver's commands have the open transaction of their connection.</summary>
            public SqliteTransaction? CurrentTransaction => Transaction;

            public long Rows => raw.sqlite3_total_changes(Handle) - _before;

            public override void Open()
            {
                base.Open();
                lock (owner._lock)
                {
                    _before = raw.sqlite3_total_changes(Handle); // of earlier uses of the pooled connection
                    owner._open.Add(this);
                }
            }

            public override void Close()
            {
                lock (owner._lock)
                {
                    if (owner._open.Remove(this))
                        owner._rowsOfClosed += Rows;
                }

                base.Close();
            }

            public override SqliteCommand CreateCommand() => new CountedCommand(this, owner);

            void IStatementObserver.Before(string sql) => Interlocked.Increment(ref owner._statements);

            void IStatementObserver.After(string sql)
            {
            }
        }

        /// <summary>All execute methods of this driver call ExecuteReader.</summary>
        private sealed class CountedCommand : SqliteCommand
        {
            private readonly CountedConnections _owner;

            public CountedCommand(Counted connection, CountedConnections owner)
            {
                _owner = owner;
                Connection = connection;
                CommandTimeout = connection.DefaultTimeout;
                Transaction = connection.CurrentTransaction;
            }

            public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
            {
                Interlocked.Increment(ref _owner._statements);
                return base.ExecuteReader(behavior);
            }
        }
    }
}
