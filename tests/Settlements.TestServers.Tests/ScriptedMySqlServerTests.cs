using System.Diagnostics;
using MySqlConnector;

namespace Settlements.TestServers.Tests;

/// <summary>Tests of the scripted server with the driver.</summary>
public sealed class ScriptedMySqlServerTests
{
    private const string Position = "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5";

    [Theory]
    [InlineData("8.4.3")]
    [InlineData("8.0.36")]
    [InlineData("5.7.44-log")]
    [InlineData("10.11.6-MariaDB")]
    public async Task The_driver_connects_and_reads_the_scripted_version(string version)
    {
        await using var server = ScriptedMySqlServer.Start(version, _ => null);
        await using var connection = await OpenAsync(server);

        connection.ServerVersion.Should().Be(version);
        (await connection.PingAsync()).Should().BeTrue();
        await connection.ChangeDatabaseAsync("shop");

        server.Received.Should().ContainSingle(c => c.Text == "COM_PING").And.ContainSingle(c => c.Text == "COM_INIT_DB shop");
    }

    [Fact]
    public async Task Rows_are_received_with_types_and_nulls()
    {
        await using var server = ScriptedMySqlServer.Start("8.4.3", sql => sql == "SHOW REPLICA STATUS"
            ? ScriptedAnswer.Rows(
                ["Replica_IO_Running", "Seconds_Behind_Source", "Lag", "Empty"], ["Yes", 3L, 0.25, null], ["No", null, 300.5, null])
            : null);
        await using var connection = await OpenAsync(server);
        await using var command = new MySqlCommand("SHOW REPLICA STATUS", connection);
        await using var reader = await command.ExecuteReaderAsync();

        (await reader.ReadAsync()).Should().BeTrue();
        (reader.GetString(0), reader.GetInt64(1), reader.GetDouble(2), reader.IsDBNull(3)).Should().Be(("Yes", 3L, 0.25, true));
        (await reader.ReadAsync()).Should().BeTrue();
        (reader.GetString("Replica_IO_Running"), reader.IsDBNull(1), reader.GetDouble(2)).Should().Be(("No", true, 300.5));
        (await reader.ReadAsync()).Should().BeFalse();
    }

    [Theory]
    [InlineData(250)]
    [InlineData(251)]
    [InlineData(70_000)]
    public async Task Long_values_and_large_numbers_of_affected_rows_are_received_completely(int length)
    {
        await using var server = ScriptedMySqlServer.Start(
            "8.4.3", sql => sql.StartsWith("SELECT", StringComparison.Ordinal) ? ScriptedAnswer.Value(new string('x', length))
                : ScriptedAnswer.Ok(length));
        await using var connection = await OpenAsync(server);

        (await ScalarAsync(connection, "SELECT long")).Should().Be(new string('x', length));
        await using var update = new MySqlCommand("UPDATE t SET x = 1", connection);
        (await update.ExecuteNonQueryAsync()).Should().Be(length);
    }

    [Fact]
    public async Task A_scripted_error_is_received_and_the_connection_stays_usable()
    {
        await using var server = ScriptedMySqlServer.Start("8.0.36", sql => sql switch
        {
            "INSERT INTO t VALUES (1)" => ScriptedAnswer.Error(1290, "HY000", "The MySQL server is running with the --read-only option"),
            "SELECT @@server_uuid" => ScriptedAnswer.Value("a-b"),
            "SELECT oops" => throw new NotSupportedException("oops"),
            _ => null,
        });
        await using var connection = await OpenAsync(server);

        var write = () => ScalarAsync(connection, "INSERT INTO t VALUES (1)");
        var unknown = () => ScalarAsync(connection, "SELECT 1");
        var broken = () => ScalarAsync(connection, "SELECT oops");

        (await write.Should().ThrowAsync<MySqlException>()).Which
            .Should().Match<MySqlException>(e => e.Number == 1290 && e.SqlState == "HY000");
        (await unknown.Should().ThrowAsync<MySqlException>()).WithMessage("The script has no answer to: SELECT 1");
        (await broken.Should().ThrowAsync<MySqlException>()).WithMessage("The script threw NotSupportedException: oops");
        (await ScalarAsync(connection, "SELECT @@server_uuid")).Should().Be("a-b");
    }

    [Fact]
    public async Task Statements_of_one_command_are_answered_individually_or_together()
    {
        await using var server = ScriptedMySqlServer.Start("8.4.3", sql => sql switch
        {
            "SELECT @@gtid_executed" => ScriptedAnswer.Value(Position),
            "CALL two()" => ScriptedAnswer.Value(1).Then(ScriptedAnswer.Value(2)),
            "FAIL" => ScriptedAnswer.Error(1213, "40001", "Deadlock"),
            _ => null,
        });
        await using var connection = await OpenAsync(server);

        (await ScalarAsync(connection, "SET sql_mode = ';'; COMMIT; SELECT @@gtid_executed;")).Should().Be(Position);
        await using (var command = new MySqlCommand("CALL two()", connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            reader.GetInt32(0).Should().Be(1);
            (await reader.NextResultAsync() && await reader.ReadAsync()).Should().BeTrue();
            reader.GetInt32(0).Should().Be(2);
            (await reader.NextResultAsync()).Should().BeFalse();
        }

        var fail = () => ScalarAsync(connection, "COMMIT; FAIL; SELECT @@gtid_executed");
        (await fail.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1213);
        (await ScalarAsync(connection, "SELECT @@gtid_executed")).Should().Be(Position);
    }

    [Fact]
    public async Task A_pooled_connection_is_reset_and_the_SQL_of_each_connection_is_recorded()
    {
        await using var server = ScriptedMySqlServer.Start("8.4.3", _ => ScriptedAnswer.Ok());
        await using var source = new MySqlDataSource(server.ConnectionString);
        for (var i = 0; i < 2; i++)
        {
            await using var connection = await source.OpenConnectionAsync();
            await ScalarAsync(connection, $"DO {i}");
        }

        server.Received.Should().ContainSingle(c => c.Text == "COM_RESET_CONNECTION");
        server.SqlOf(1).Where(sql => sql.StartsWith("DO", StringComparison.Ordinal)).Should().Equal("DO 0", "DO 1");
        server.SqlOf(2).Should().BeEmpty();
    }

    [Fact]
    public async Task A_scripted_cut_resets_the_connection_and_a_new_one_is_accepted()
    {
        await using var server = ScriptedMySqlServer.Start("8.4.3", sql => sql == "CUT" ? ScriptedAnswer.Cut : null);
        await using var connection = await OpenAsync(server);

        var cut = () => ScalarAsync(connection, "CUT");

        await cut.Should().ThrowAsync<MySqlException>();
        await using var another = await OpenAsync(server);
        (await another.PingAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task A_delayed_response_arrives_after_its_delay_and_a_cancelled_one_fails_with_error_1317()
    {
        await using var server = ScriptedMySqlServer.Start("8.4.3", sql => sql switch
        {
            "SELECT WAIT_FOR_EXECUTED_GTID_SET('a', 1)" => ScriptedAnswer.Value(0L).After(TimeSpan.FromMilliseconds(200)),
            "SELECT WAIT_FOR_EXECUTED_GTID_SET('b', 0)" => ScriptedAnswer.Value(0L).After(TimeSpan.FromMinutes(5)),
            _ => null,
        });
        await using var connection = await OpenAsync(server);
        var waited = Stopwatch.StartNew();
        (await ScalarAsync(connection, "SELECT WAIT_FOR_EXECUTED_GTID_SET('a', 1)")).Should().Be(0L);
        waited.Elapsed.Should().BeGreaterThan(TimeSpan.FromMilliseconds(190));

        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var cancelled = () => ScalarAsync(connection, "SELECT WAIT_FOR_EXECUTED_GTID_SET('b', 0)", soon.Token);

        (await cancelled.Should().ThrowAsync<OperationCanceledException>()).WithInnerException<MySqlException>().Which.Number
            .Should().Be(1317);
        (await connection.PingAsync()).Should().BeTrue();
    }

    private static async Task<MySqlConnection> OpenAsync(ScriptedMySqlServer server)
    {
        var connection = new MySqlConnection($"{server.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<object?> ScalarAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken = default)
    {
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
