using DuckDB.NET.Data;

namespace Settlements.DuckDb.Tests;

public sealed class QueryInterruptionTests
{
    /// <summary>
    /// A single interrupt before the execution is ignored: this query then runs to its end, which takes some seconds. One that arrives
    /// during the preparation is another exception than one during the execution.
    /// </summary>
    [Fact]
    public void A_query_is_interrupted_by_a_cancellation_before_it_executes()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM range(100000) a, range(30000) b WHERE a.range * b.range % 7 = 3";
        using var interruption = new QueryInterruption(command, new CancellationToken(canceled: true));

        FluentActions.Invoking(command.ExecuteScalar).Should().Throw<Exception>()
            .Which.Should().Match<Exception>(e =>
                e is OperationCanceledException || (e is DuckDBException && e.Message.Contains("INTERRUPT", StringComparison.Ordinal)));
    }

    /// <summary>The query takes several intervals of the interrupts.</summary>
    [Fact]
    public void No_interrupt_is_sent_after_the_disposal()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        new QueryInterruption(command, new CancellationToken(canceled: true)).Dispose();
        command.CommandText = "SELECT count(*) FROM range(100000) a, range(2000) b WHERE a.range * b.range % 7 = -1";

        command.ExecuteScalar().Should().Be(0L);
    }
}
