using System.Data.Common;
using Settlements.Routing;

namespace Settlements.AspNetCore.Tests;

/// <summary>
/// A primary, and a replica that replicates when <see cref="Replicate"/> is called. A read after a token goes to the replica if it has the
/// token, otherwise to the primary; the connection's <see cref="DbConnection.DataSource"/> is the server's name.
/// </summary>
internal sealed class FakeDatabase : MultiHostDataSource
{
    public const string PrimaryName = "db1:3306";
    public const string ReplicaName = "db2:3306";

    private readonly List<ReadConsistency> _reads = [];
    private int _committed = 100;
    private int _replicated = 100;

    /// <summary>Formats the token of a commit number. By default in MariaDB's format.</summary>
    public Func<int, string> TokenText { get; set; } = number => $"0-1-{number}";

    public IReadOnlyList<ServerStatus> Current { get; set; } =
    [
        new(PrimaryName, ServerRole.Primary, ServerState.Up, null, 1, 1, CausalToken.Parse("0-1-100"), "10.11.6-MariaDB", ""),
        new(
            ReplicaName, ServerRole.Replica, ServerState.Up, TimeSpan.FromSeconds(0.5), 2, 3,
            CausalToken.Parse("0-1-100"), "10.11.6-MariaDB",
            ""),
    ];

    /// <summary>The requested consistencies of all reads, in order.</summary>
    public IReadOnlyList<ReadConsistency> Reads
    {
        get
        {
            lock (_reads)
                return [.. _reads];
        }
    }

    public override IReadOnlyList<ServerStatus> Servers => Current;

    public override string ConnectionString => "";

    public override DbDataSource Primary => this;

    public override DbDataSource Replicas => this;

    /// <summary>Applies all commits to the replica.</summary>
    public void Replicate() => Volatile.Write(ref _replicated, Volatile.Read(ref _committed));

    public override Task StartAsync(CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("Checks and the page must not open connections.");

    public override Task<CausalToken> CommitAsync(DbTransaction transaction, CancellationToken cancellationToken = default) =>
        Task.FromResult(CausalToken.Parse(TokenText(Interlocked.Increment(ref _committed))));

    public override Task<CausalToken> ReadTokenAsync(DbConnection connection, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public override Task<CausalToken> ReadPositionAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    protected override ValueTask<DbConnection> OpenAsync(
        DatabaseAccess access, ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken)
    {
        if (access == DatabaseAccess.Write)
            return new ValueTask<DbConnection>(new FakeConnection(PrimaryName));
        lock (_reads)
            _reads.Add(consistency);
        var replica = CausalToken.Parse(TokenText(Volatile.Read(ref _replicated)));
        var isEnough = consistency.Kind == ReadConsistencyKind.Eventual || consistency.Token!.IsCoveredBy(replica);
        return new ValueTask<DbConnection>(new FakeConnection(isEnough ? ReplicaName : PrimaryName));
    }

    protected override DbConnection CreateDbConnection() => throw new NotSupportedException();
}
