using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Faults;

/// <summary>An open transaction that writes events: only a close waits for it.</summary>
public sealed class OpenWriterTests(SharedServer shared)
{
    /// <summary>The last row that a close locks, after all others.</summary>
    private const int LastSlot = 15;

    [Fact]
    public async Task Other_writers_proceed_while_a_close_waits_for_an_open_transaction()
    {
        using var logs = new LogLines();
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await StartAsync(store, TimeSpan.FromMinutes(10), logs);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await using var open = await HoldAsync(store, LastSlot);

        var close = Task.Run(() => scenario.Engine.Days.CloseThroughAsync(Scenario.Monday));

        // A busy server may still be committing the load, for which the close waits first.
        await UntilAsync(() => logs.Lines.FirstOrDefault(l => l.Contains("close is waiting", StringComparison.Ordinal)
            && l.Contains($"connection {open.ServerThread} (user 'root' from ", StringComparison.Ordinal)));
        for (var slot = 0; slot < LastSlot; slot++)
        {
            await using var writer = await HoldAsync(store, slot);
            close.IsCompleted.Should().BeFalse();
        }

        await open.ExecuteAsync("ROLLBACK");
        (await close).Should().ContainSingle();
    }

    [Fact]
    public async Task An_open_transaction_blocks_no_other_writer()
    {
        using var logs = new LogLines();
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await StartAsync(store, TimeSpan.FromMinutes(10), logs);
        await using var open = await OpenAsync(store, _ => true);
        await using var left = await open.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted);
        await scenario.Engine.Writer.WriteAsync(left, [Scenario.Event(1, Scenario.Monday, 5)]);

        await using var other = await OpenAsync(store, thread => thread % WriterLock.Count == open.ServerThread % WriterLock.Count);
        await using (var transaction = await other.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted))
        {
            await scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(2, Scenario.Monday, 7)]);
            await transaction.CommitAsync();
        }

        await left.CommitAsync();
        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(12);
    }

    [Fact]
    public async Task The_wait_is_limited_and_its_error_names_the_transaction()
    {
        using var logs = new LogLines();
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await StartAsync(store, TimeSpan.FromSeconds(1), logs);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await using (var open = await HoldAsync(store, LastSlot))
        {
            var error = (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<MySqlStoreException>())
                .WithMessage($"*WriterWaitMax, 1 s*connection {open.ServerThread} (user 'root' from *), open for "
                    + $"* s*WriteAsync*KILL {open.ServerThread}.*").Which;
            error.IsTransient.Should().BeFalse("it was tried for all the time it may take");
            int.Parse(error.Message.Split("open for ")[1].Split(' ')[0], null)
                .Should().BeInRange(0, 3_000, "independent of the server's time zone");
        }

        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5);
    }

    [Fact]
    public async Task Without_the_PROCESS_privilege_the_error_names_the_grant()
    {
        using var logs = new LogLines();
        await using var store = new MySqlUnderTest(shared.Server);
        await using (var administrator = await StartAsync(store, TimeSpan.FromSeconds(1), logs))
            await administrator.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        var database = new MySqlConnectionStringBuilder(store.ConnectionString).Database;
        await shared.Server.ExecuteAsync(
            $"CREATE USER IF NOT EXISTS 'blind'@'%' IDENTIFIED BY 'b'; GRANT ALL ON `{database}`.* TO 'blind'@'%'");
        var blind = new MySqlConnectionStringBuilder(store.ConnectionString) { UserID = "blind", Password = "b" }.ConnectionString;
        await using var scenario = await StartAsync(store, TimeSpan.FromSeconds(1), logs, blind);
        await using var open = await HoldAsync(store, LastSlot);

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<MySqlStoreException>()
            .WithMessage("*GRANT PROCESS ON *.* TO the user*");
    }

    private static Task<Scenario> StartAsync(MySqlUnderTest store, TimeSpan wait, LogLines logs, string? connectionString = null) =>
        Scenario.StartAsync(
        store, services: s => s.AddSingleton<ILoggerFactory>(logs),
        use: s => s.UseMySql(
            new MySqlStoreOptions { ConnectionString = connectionString ?? store.ConnectionString, WriterWaitMax = wait }));

    /// <summary>Holds a lock row as a writer does, until it is disposed.</summary>
    private static async Task<MySqlConnection> HoldAsync(MySqlUnderTest store, int slot)
    {
        var connection = new MySqlConnection(store.ConnectionString + ";Pooling=False");
        await connection.OpenAsync();
        await connection.ExecuteAsync(
            "SET innodb_lock_wait_timeout = 30; START TRANSACTION; SELECT slot FROM writer_locks WHERE slot = @slot LOCK IN SHARE MODE",
            new { slot });
        return connection;
    }

    /// <summary>Opens a connection whose id maps to a given lock row, as one of sixteen consecutive ids does.</summary>
    private static async Task<MySqlConnection> OpenAsync(MySqlUnderTest store, Func<int, bool> isWanted)
    {
        while (true)
        {
            var connection = new MySqlConnection(store.ConnectionString + ";Pooling=False");
            await connection.OpenAsync();
            if (isWanted(connection.ServerThread))
                return connection;
            await connection.DisposeAsync();
        }
    }

    private static async Task<T> UntilAsync<T>(Func<T?> find)
        where T : class
    {
        while (true)
        {
            if (find() is { } found)
                return found;
            await Task.Delay(20);
        }
    }
}
