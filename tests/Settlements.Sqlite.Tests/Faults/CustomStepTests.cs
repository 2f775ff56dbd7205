using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Pipelines;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests.Faults;

/// <summary>The example of docs/reliability.md: a custom step of an application, crashed at every statement.</summary>
public sealed class CustomStepTests
{
    [Fact]
    public async Task A_custom_step_has_the_same_result_after_a_crash_at_every_statement()
    {
        var report = await CrashTest.RunAsync(() => new InvoiceJob(doubled: false), statementInterval: 3);

        report.CrashPoints.Should().BeGreaterThan(100);
    }

    [Fact]
    public async Task A_step_that_writes_outside_of_its_transaction_fails_the_crash_test()
    {
        var crash = () => CrashTest.RunAsync(() => new InvoiceJob(doubled: true));

        (await crash.Should().ThrowAsync<CrashDifferenceException>()).WithMessage("*statement*line*without faults it is*");
    }

    [Fact]
    public void The_page_contains_this_code()
    {
        var source = File.ReadAllText(Path.Combine(Folder(), "CustomStepTests.cs")).ReplaceLineEndings("\n");
        var first = source.IndexOf("    // <example>\n", StringComparison.Ordinal) + "    // <example>\n".Length;
        var example = source[first..source.IndexOf("    // </example>", first, StringComparison.Ordinal)]
            .Replace("\n    ", "\n", StringComparison.Ordinal)[4..].TrimEnd();

        File.ReadAllText(Path.Combine(Folder(), "../../../docs/reliability.md")).ReplaceLineEndings("\n").Should().Contain(example);
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    // <example>
    // A job with one step: an invoice for each of five customers, in chunks.
    private sealed class InvoiceStep : PipelineStep
    {
        public override string Name => "invoice";

        public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PlannedChunk>>([.. Enumerable.Range(1, 5).Select(customer => new PlannedChunk($"{customer}"))]);

        public override Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken) =>
            Task.FromResult(new ChunkResult(rows: 1, (transaction, token) => transaction.Connection!.ExecuteAsync(
                "INSERT INTO invoices (customer, amount) VALUES (@customer, 100)", new { customer = chunk.Bounds }, transaction)));
    }

    // The crash subject: it starts like a new process, runs the pipeline, and dumps the result.
    private sealed class InvoiceJob(bool doubled) : ICrashSubject
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("invoices-");

        private int _starts;

        private string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "invoices.db")}";

        public async Task RunAsync(FaultPlan faults, CancellationToken cancellationToken)
        {
            // Each start is an hour later, so that the leases of the crashed one have expired.
            var clock = new TestClock(DateTimeOffset.UnixEpoch.AddHours(_starts++));
            await using var services = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddSettlement(settlement => settlement
                .UseSqlite(new SqliteStoreOptions
                {
                    ConnectionString = ConnectionString,
                    Connect = connectionString => new FaultSqliteConnection(connectionString, faults),
                })
                .Calendar("Asia/Seoul")).BuildServiceProvider();
            var engine = services.GetRequiredService<SettlementEngine>();
            await engine.Schema.ApplyAsync(cancellationToken);
            await ExecuteAsync("CREATE TABLE IF NOT EXISTS invoices (customer TEXT, amount INTEGER)");
            if (doubled)
                await ExecuteAsync("INSERT INTO invoices VALUES ('welcome', 1)"); // wrong: not in the transaction of a checkpoint

            await engine.Pipelines.RunAsync(
                new Pipeline("invoices", "2024-07", "v1", [new InvoiceStep()]), cancellationToken: cancellationToken);
        }

        public async Task<string> DumpAsync(CancellationToken cancellationToken)
        {
            await using var connection = new SqliteConnection(ConnectionString);
            return string.Join('\n', await connection.QueryAsync<string>("SELECT customer || ': ' || amount FROM invoices ORDER BY 1"));
        }

        public async ValueTask DisposeAsync()
        {
            await using (var connection = new SqliteConnection(ConnectionString))
                SqliteConnection.ClearPool(connection);
            _folder.Delete(recursive: true);
        }

        private async Task ExecuteAsync(string sql)
        {
            await using var connection = new SqliteConnection(ConnectionString);
            await connection.ExecuteAsync(sql);
        }
    }
    // </example>
}
