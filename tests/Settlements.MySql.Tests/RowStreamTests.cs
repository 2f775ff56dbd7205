using MySqlConnector;
using Settlements.MySql.Tests.Sources;

namespace Settlements.MySql.Tests;

public sealed class RowStreamTests(SharedServer shared)
{
    /// <summary>A single interruption would be sent before the execution, and ignored: the statement reads 10 billion rows.</summary>
    [Fact]
    public async Task A_statement_is_interrupted_by_a_cancellation_before_it_executes()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(
            $"SELECT count(*) FROM {Numbers.To(100_000, "a")}, {Numbers.To(100_000, "b")}", connection);

        var read = RowStream.ReadAsync(command, new IgnoredRow(), new CancellationToken(canceled: true));

        (await FluentActions.Awaiting(() => read).Should().ThrowAsync<MySqlException>())
            .Which.ErrorCode.Should().Be(MySqlErrorCode.QueryInterrupted);
    }

    private readonly struct IgnoredRow : IRowHandler
    {
        public void OnRow(MySqlDataReader reader)
        {
        }
    }
}
