using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Faults;

/// <summary>A transaction that writes events and stays open: the close waits for it, and nobody else does.</summary>
public sealed class OpenWriterTests(SharedServer shared)
{
    /// <summary>The last that a close takes: it has taken all others by then.</summary>
    private const int LastSlot = 15;

    [Fact]
    public async Task Other_writers_go_on_while_a_close_waits_for_a_transaction_that_is_left_open()
    {
        using var logs = new LogLines();
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await StartAsync(store, TimeSpan.FromMinutes(10), logs);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await using var open = await HoldAsync(store, LastSlot);

        var close = Task.Run(() => scenario.Engine.Days.CloseThroughAsync(Scenario.Monday));
        var line = await UntilAsync(() => logs.Lines.FirstOrDefault(l => l.Contains("close is waiting", StringComparison.Ordinal)));
        for (var slot = 0; slot < LastSlot; slot++)
        {
            await using var writer = await HoldAsync(store, slot);
            close.IsCompleted.Should().BeFalse();
        }

        line.Should().Contain($"connection {open.ServerThread} (user 'root' from ");
        await open.ExecuteAsync("ROLLBACK");
        (await close).Should().ContainSingle();
    }

    [Fact]
    public async Task A_transaction_that_is_left_open_holds_up_no_other_writer()
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
    public async Task The_wait_is_bounded_and_its_error_names_the_transaction()
    {
        using var logs = new LogLines();
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await StartAsync(store, TimeSpan.FromSeconds(1), logs);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await using (var open = await HoldAsync(store, LastSlot))
        {
            var error = (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<MySqlStoreException>())
                .WithMessage($"*WriterWaitMax, 1 s*connection {open.ServerThread} (user 'root' from *), open for * s*WriteAsync*KILL {open.ServerThread}.*").Which;
            error.IsTransient.Should().BeFalse("it was tried for all the time it may take");
            int.Parse(error.Message.Split("open for ")[1].Split(' ')[0], null).Should().BeInRange(0, 3_000, "whatever the server's time zone is");
        }

        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5);
    }

    [Fact]
    public async Task A_user_who_may_not_see_transactions_is_told_so()
    {
        using var logs = new LogLines();
        await using var store = new MySqlUnderTest(shared.Server);
        await using (var administrator = await StartAsync(store, TimeSpan.FromSeconds(1), logs))
            await administrator.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        var database = new MySqlConnectionStringBuilder(store.ConnectionString).Database;
        await shared.Server.ExecuteAsync($"CREATE USER IF NOT EXISTS 'blind'@'%' IDENTIFIED BY 'b'; GRANT ALL ON `{database}`.* TO 'blind'@'%'");
        var blind = new MySqlConnectionStringBuilder(store.ConnectionString) { UserID = "blind", Password = "b" }.ConnectionString;
        await using var scenario = await StartAsync(store, TimeSpan.FromSeconds(1), logs, blind);
        await using var open = await HoldAsync(store, LastSlot);

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<MySqlStoreException>().WithMessage("*GRANT PROCESS ON *.* TO it*");
    }

    private static Task<Scenario> StartAsync(MySqlUnderTest store, TimeSpan wait, LogLines logs, string? connectionString = null) => Scenario.StartAsync(
        store, services: s => s.AddSingleton<ILoggerFactory>(logs),
        use: s => s.UseMySql(new MySqlStoreOptions { ConnectionString = connectionString ?? store.ConnectionString, WriterWaitMax = wait }));

    /// <summary>Holds a gate as a writer does, until it is disposed of.</summary>
    private static async Task<MySqlConnection> HoldAsync(MySqlUnderTest store, int gate)
    {
        var connection = new MySqlConnection(store.ConnectionString + ";Pooling=False");
        await connection.OpenAsync();
        await connection.ExecuteAsync("SET innodb_lock_wait_timeout = 30; START TRANSACTION; SELECT slot FROM writer_locks WHERE slot = @slot LOCK IN SHARE MODE", new { gate });
        return connection;
    }

    /// <summary>A connection whose number is one that is wanted: of those that follow each other, one in sixteen locks the same writerLock.</summary>
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
