using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.AspNetCore.Tests;

/// <summary>A connection whose <see cref="DataSource"/> is the name of its server; it runs no commands.</summary>
internal sealed class FakeConnection(string server) : DbConnection
{
    [AllowNull]
    public override string ConnectionString { get; set; } = "";

    public override string Database => "";

    public override string DataSource => server;

    public override string ServerVersion => "";

    public override ConnectionState State => ConnectionState.Open;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Close()
    {
    }

    public override void Open() => throw new NotSupportedException();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => new FakeTransaction(this);

    protected override DbCommand CreateDbCommand() => throw new NotSupportedException();

    private sealed class FakeTransaction(FakeConnection connection) : DbTransaction
    {
        public override IsolationLevel IsolationLevel => IsolationLevel.Serializable;

        protected override DbConnection DbConnection => connection;

        public override void Commit() => throw new NotSupportedException("The causal session commits.");

        public override void Rollback()
        {
        }
    }
}
