using System.Data;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

public sealed class MySqlEventTransactionTests(SharedServer shared) : EventTransactionContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    [Theory]
    [InlineData("", IsolationLevel.RepeatableRead, "", "*RepeatableRead*IsolationLevel.ReadCommitted*")]
    [InlineData("", IsolationLevel.Unspecified, "", "*Unspecified*IsolationLevel.ReadCommitted*")]
    [InlineData("GuidFormat=Binary16", IsolationLevel.ReadCommitted, "", "*GuidFormat*")]
    [InlineData("", IsolationLevel.ReadCommitted, "SET sql_mode = 'NO_BACKSLASH_ESCAPES'", "*NO_BACKSLASH_ESCAPES*")]
    public async Task A_transaction_with_unsafe_settings_is_refused(
        string setting, IsolationLevel isolation, string statement, string message)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await using var connection = new MySqlConnection($"{store.ConnectionString};{setting}");
        await connection.OpenAsync();
        if (statement.Length > 0)
            await connection.ExecuteAsync(statement);
        await using var transaction = await connection.BeginTransactionAsync(isolation);

        await scenario.Engine.Writer.Invoking(w => w.WriteAsync(transaction, [Scenario.Event(1, Scenario.Monday)], default))
            .Should().ThrowAsync<ArgumentException>().WithMessage(message);
    }

    /// <summary>Also if that database has tables with the same names.</summary>
    [Fact]
    public async Task In_a_transaction_on_another_database_events_are_written_to_the_stores_database()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var other = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await using var elsewhere = await Scenario.StartAsync(other);
        await using var connection = await other.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        await scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(1, Scenario.Monday)], default);
        await transaction.CommitAsync();

        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(1);
        (await other.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(0);
    }

    [Fact]
    public async Task A_transaction_on_a_server_without_the_stores_tables_is_refused()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var other = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.Engine.Writer.WriteAsync(Scenario.Event(1, Scenario.Monday), default);
        await using var connection = await other.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        // As on another server: the tables don't exist.
        await store.ExecuteAsync("RENAME TABLE writer_locks TO elsewhere");

        await scenario.Engine.Writer.Invoking(w => w.WriteAsync(transaction, [Scenario.Event(2, Scenario.Monday)], default))
            .Should().ThrowAsync<MySqlStoreException>().WithMessage("*Use a connection to the same server*");
    }

    [Fact]
    public async Task Late_events_are_recorded_on_a_connection_with_local_times()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.CloseAsync(Scenario.Monday);
        await using var connection = new MySqlConnection($"{store.ConnectionString};DateTimeKind=Local");
        await connection.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        var told = await scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(2, Scenario.Monday, 7)], default);
        await transaction.CommitAsync();

        told.Should().Equal(EventOutcome.Late);
        (await store.CountAsync("SELECT count(*) FROM late_events WHERE posting_date = '2024-07-02'")).Should().Be(1);
    }

    [Fact]
    public async Task Ids_in_a_separate_table_are_written()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.Services.GetRequiredService<EventPartitions>().AddAsync(new DateRange(Scenario.Monday, Scenario.Monday));
        await using var connection = await store.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        var first = await scenario.Engine.Writer.WriteAsync(
            transaction, [Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, 7)], default);
        var again = await scenario.Engine.Writer.WriteAsync(
            transaction, [Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(3, Scenario.Monday, 9)], default);
        await transaction.CommitAsync();

        first.Should().Equal(EventOutcome.Stored, EventOutcome.Stored);
        again.Should().Equal(EventOutcome.Duplicate, EventOutcome.Stored);
        (await store.CountAsync("SELECT sum(quantity) FROM usage_events")).Should().Be(21);
        (await store.CountAsync("SELECT count(*) FROM event_ids")).Should().Be(3);
    }
}
