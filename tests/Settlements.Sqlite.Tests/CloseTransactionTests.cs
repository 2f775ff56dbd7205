using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests;

/// <summary>The transactions of a close are short, because a file has one writer at a time.</summary>
public sealed class CloseTransactionTests : IDisposable
{
    private const int RowsMax = 50;
    private static readonly DateOnly Day = new(2024, 7, 1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settlement-close-");

    [Fact]
    public async Task The_rows_of_a_close_transaction_are_bounded_whatever_the_size_of_the_day()
    {
        await using var services = await StartAsync("bounded.db", items: 20 * RowsMax);

        await services.GetRequiredService<SettlementEngine>().Days.CloseThroughAsync(
            Day, cancellationToken: TestContext.Current.CancellationToken);

        // A partial sum becomes a line and a counter.
        services.GetRequiredService<SqliteDatabase>().LargestCloseTransactionRows.Should().BeInRange(RowsMax, 3 * RowsMax + 2);
    }

    [Fact]
    public async Task Publication_reads_the_lines_of_the_day_before_it_locks_the_file()
    {
        var plan = new LockedScans();
        await using var services = await StartAsync("published.db", items: 3, plan.Connect);

        await services.GetRequiredService<SettlementEngine>().Days.CloseThroughAsync(
            Day, cancellationToken: TestContext.Current.CancellationToken);

        plan.Scans.Should().BeGreaterThan(0, "the run's lines are checked");
        plan.ScansInWrites.Should().Be(0);
    }

    [Fact]
    public async Task A_writer_waits_for_at_most_one_transaction_of_a_close()
    {
        await using var services = await StartAsync("beside.db", items: 40 * RowsMax);
        await using var file = new SqliteMultiHostDataSource(ConnectionString("beside.db"));
        await using var connection = await file.OpenConnectionAsync(
            Settlements.Routing.DatabaseAccess.Write, cancellationToken: TestContext.Current.CancellationToken);
        Execute(connection, "CREATE TABLE starts (id INTEGER PRIMARY KEY)");

        var close = Task.Run(
            () => services.GetRequiredService<SettlementEngine>().Days.CloseThroughAsync(Day), TestContext.Current.CancellationToken);
        var ahead = new List<long>();
        while (!close.IsCompleted)
        {
            using var writerLock = (WriterLock.Handle)await file.AcquireWriterLockAsync(TestContext.Current.CancellationToken);
            await using var transaction = connection.BeginTransaction(deferred: false);
            Execute(connection, "INSERT INTO starts DEFAULT VALUES");
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
            ahead.Add(writerLock.ClosesAhead);
        }

        (await close).Should().ContainSingle();
        ahead.Should().OnlyContain(closes => closes <= 1);
    }

    [Fact]
    public async Task A_close_in_short_transactions_resumes_after_a_crash_in_any_of_them()
    {
        var report = await CrashTest.RunAsync(() => new ClosedInShortTransactions(), statementInterval: 61);

        report.CrashPoints.Should().BeGreaterThan(10);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private async Task<ServiceProvider> StartAsync(string name, int items, Func<string, SqliteConnection>? connect = null)
    {
        var options = new SqliteStoreOptions { ConnectionString = ConnectionString(name), RowsPerTransactionMax = RowsMax };
        var services = Services(connect is null ? options : options with { Connect = connect }, _ => { });
        var engine = services.GetRequiredService<SettlementEngine>();
        await engine.Schema.ApplyAsync();
        await LoadAsync(engine, items);
        return services;
    }

    private static Task<LoadReport> LoadAsync(SettlementEngine engine, int items)
    {
        var at = new DateTimeOffset(2024, 7, 1, 12, 0, 0, TimeSpan.FromHours(9));
        return engine.Events.LoadAsync(Enumerable.Range(1, items)
            .Select(n => new UsageEvent(new Guid(n, 0, 0, new byte[8]), at, "video.view", $"video-{n:00000}", "ann", 1 + n % 5))
                .ToAsyncEnumerable());
    }

    private static ServiceProvider Services(SqliteStoreOptions options, Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.AddSettlement(s => s.UseSqlite(options).Calendar("Asia/Seoul").Configure(o => o.RankingSize = 10)
            .Rates("video.view", rates => rates.Flat("2024", new DateOnly(2024, 1, 1), Currency.KRW, 1.1m))).BuildServiceProvider();
    }

    private string ConnectionString(string name) => $"Data Source={Path.Combine(_folder.FullName, name)}";

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // all statements are constants of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Counts the statements that scan the lines of a run, and those of them on a connection that can write.</summary>
    private sealed class LockedScans
    {
        private int _scans;
        private int _scansInWrites;

        public int Scans => _scans;

        public int ScansInWrites => _scansInWrites;

        public SqliteConnection Connect(string connectionString) => new Observed(connectionString, this);

        private sealed class Observed(string connectionString, LockedScans owner) : SqliteConnection(connectionString), IStatementObserver
        {
            void IStatementObserver.Before(string sql)
            {
                if (!sql.Contains("FROM settlement_lines", StringComparison.Ordinal)
                    || sql.Contains("max(item_range)", StringComparison.Ordinal))
                {
                    return;
                }

                Interlocked.Increment(ref owner._scans);
                using var reads = new SqliteStatement(this, "PRAGMA query_only");
                if (reads.Step() && reads.Int64(0) == 0)
                    Interlocked.Increment(ref owner._scansInWrites);
            }

            void IStatementObserver.After(string sql)
            {
            }
        }
    }

    /// <summary>Closes a day whose lines are written in several transactions.</summary>
    private sealed class ClosedInShortTransactions : ICrashSubject
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settlement-short-");
        private int _starts;

        private string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "short.db")}";

        public async Task RunAsync(FaultPlan faults, CancellationToken cancellationToken)
        {
            // Each start is an hour later, so that the leases of the crashed one have expired.
            var clock = new TestClock(DateTimeOffset.UnixEpoch.AddYears(60).AddHours(_starts++));
            var options = new SqliteStoreOptions
            {
                ConnectionString = ConnectionString,
                RowsPerTransactionMax = 5,
                Connect = connectionString => new FaultSqliteConnection(connectionString, faults),
            };
            await using var services = Services(options, s => s.AddSingleton<TimeProvider>(clock));
            var engine = services.GetRequiredService<SettlementEngine>();
            await engine.Schema.ApplyAsync(cancellationToken);
            await LoadAsync(engine, items: 18);
            await engine.Days.CloseThroughAsync(Day, cancellationToken: cancellationToken);
        }

        public async Task<string> DumpAsync(CancellationToken cancellationToken)
        {
            await using var services = Services(new SqliteStoreOptions { ConnectionString = ConnectionString }, _ => { });
            var lines = await services.GetRequiredService<SettlementEngine>().Lines.ReadAsync(
                new DateRange(Day, Day), cancellationToken: cancellationToken)
                .ToListAsync(cancellationToken);
            return string.Join('\n', lines);
        }

        public ValueTask DisposeAsync()
        {
            using (var connection = new SqliteConnection(ConnectionString))
                SqliteConnection.ClearPool(connection);
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
