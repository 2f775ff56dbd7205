using Dapper;
using MySqlConnector;

namespace Settlements.MySql.Tests.Faults;

/// <summary>An instance that is suspended, or cut off from the server, within a transaction: others wait for a limited time only.</summary>
public sealed class IdleTransactionTests(SharedServer shared)
{
    private const string LockRow = "SELECT id FROM locked_row WHERE id = 1 FOR UPDATE";

    [Fact]
    public async Task The_locks_of_an_idle_transaction_are_released_and_its_instance_repeats_it()
    {
        await using var first = await OpenAsync(TimeSpan.FromSeconds(1));
        await using var second = new MySqlDatabase(first.Options, Check(), needsSchema: false);
        var written = new TaskCompletionSource();
        var attempts = 0;

        var suspended = first.WriteAsync(
            async (connection, transaction) =>
            {
                attempts++;
                await connection.ExecuteAsync(LockRow, transaction: transaction);
                if (attempts == 1)
                {
                    _ = WriteAsync(second, written); // begins while the row is locked
                    await written.Task; // no statement, as if the process were suspended
                }

                return await connection.ExecuteAsync(
                    "UPDATE locked_row SET writes = writes + 1 WHERE id = 1", transaction: transaction);
            },
            default);

        (await suspended).Should().Be(1);
        attempts.Should().Be(2, "the first transaction was rolled back by the server");
        (await second.ReadAsync(c => c.ExecuteScalarAsync<int>("SELECT writes FROM locked_row"), default)).Should().Be(2);
    }

    [Fact]
    public async Task Every_connection_that_writes_has_the_limit_and_a_connection_that_reads_has_not()
    {
        await using var database = await OpenAsync(TimeSpan.FromSeconds(7));

        await using var writer = await database.OpenWriterAsync(default);
        await using var reader = await database.OpenReaderAsync(default);

        (await IdleLimitAsync(writer)).Should().Be(7);
        (await IdleLimitAsync(reader)).Should().Be(0, "no limit is the server's default");
        (await writer.ExecuteScalarAsync<bool>("SELECT @@SESSION.wait_timeout = @@GLOBAL.wait_timeout")).Should().BeTrue(
            "MySQL's limit, of idle connections, is a comment for MariaDB");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    [InlineData(3601)]
    public void A_limit_that_the_server_can_not_keep_is_refused(double seconds) =>
        MySqlStoreValidation.Validate(new MySqlStoreOptions
        {
            ConnectionString = shared.Server.ConnectionString,
            Database = "x",
            TransactionIdleMax = TimeSpan.FromSeconds(seconds),
        }).Should().ContainSingle().Which.Should().Match("TransactionIdleMax is *; use 1 second to 1 hour, in whole seconds.");

    private static ServerCheck Check() => new(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    private static Task<long> IdleLimitAsync(MySqlConnection connection) =>
        connection.ExecuteScalarAsync<long>("SELECT @@SESSION.idle_transaction_timeout");

    private static async Task WriteAsync(MySqlDatabase database, TaskCompletionSource written)
    {
        try
        {
            await database.WriteAsync(
                (connection, transaction) => connection.ExecuteAsync(
                    $"{LockRow}; UPDATE locked_row SET writes = writes + 1 WHERE id = 1", transaction: transaction),
                default);
            written.SetResult();
        }
        catch (Exception e)
        {
            written.SetException(e);
        }
    }

    private async Task<MySqlDatabase> OpenAsync(TimeSpan transactionIdleMax)
    {
        var store = new MySqlUnderTest(shared.Server);
        await using (var connection = new MySqlConnection(store.ConnectionString))
        {
            await connection.ExecuteAsync(
                "CREATE TABLE locked_row (id INT PRIMARY KEY, writes INT NOT NULL); INSERT INTO locked_row VALUES (1, 0)");
        }

        return new MySqlDatabase(
            new MySqlStoreOptions { ConnectionString = store.ConnectionString, TransactionIdleMax = transactionIdleMax }, Check(),
            needsSchema: false);
    }
}
