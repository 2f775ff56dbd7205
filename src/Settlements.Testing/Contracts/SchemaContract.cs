using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Testing;

/// <summary>Contract tests of creating the schema: existing tables are never changed.</summary>
public abstract class SchemaContract
{
    /// <summary>
    /// Names of the schema for which the test creates tables or views, from its first and last statements; in alphabetical order.
    /// </summary>
    private static readonly string[] Taken = ["business_days", "pipeline_incidents", "rankings", "settlement_schema"];

    protected abstract StoreUnderTest NewStore();

    /// <summary>SQL that lists all tables and views of the database, in alphabetical order.</summary>
    protected abstract string Tables { get; }

    [Fact]
    public async Task Existing_tables_of_the_schemas_names_are_all_reported_and_nothing_is_created()
    {
        await using var store = NewStore();
        foreach (var name in Taken.Except(["rankings"]))
            await store.ExecuteAsync($"CREATE TABLE {name} (place INT)");
        await store.ExecuteAsync("CREATE VIEW rankings AS SELECT place FROM business_days");
        await store.ExecuteAsync("CREATE TABLE plays (play_id INT)");
        await using var services = Services(store);
        var schema = services.GetRequiredService<SettlementEngine>().Schema;

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var refused = (await schema.Invoking(s => s.ApplyAsync()).Should().ThrowAsync<SchemaException>()).Which;
            refused.TakenNames.Order(StringComparer.Ordinal).Should().Equal(Taken);
            refused.Message.Should().ContainAll(Taken).And.Contain("separate").And.Contain("Nothing was created");
            (await store.ReadAsync(Tables)).Should().Equal([.. Taken.Append("plays").Order(StringComparer.Ordinal)], "nothing was created");
        }

        await store.ExecuteAsync("DROP VIEW rankings");
        foreach (var name in Taken.Except(["rankings"]))
            await store.ExecuteAsync($"DROP TABLE {name}");
        (await schema.ApplyAsync()).Should().NotBeEmpty("the names are free");
        (await store.CountAsync("SELECT count(*) FROM rankings")).Should().Be(0);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_by_schema_application_and_by_reads()
    {
        await using var store = NewStore();
        await using (var services = Services(store))
            await services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync();
        await store.ExecuteAsync("UPDATE settlement_schema SET number = 9");

        await using var older = Services(store);
        var engine = older.GetRequiredService<SettlementEngine>();
        await engine.Invoking(e => e.Schema.ApplyAsync()).Should().ThrowAsync<SchemaException>()
            .WithMessage("*schema version 9*newer version*Update the package.");
        await engine.Invoking(e => e.Days.FindNextAsync()).Should().ThrowAsync<SchemaException>().WithMessage(
            "*schema version 9*newer version*");
        (await store.ReadAsync("SELECT number FROM settlement_schema")).Should().Equal("9");
    }

    private static ServiceProvider Services(StoreUnderTest store) => new ServiceCollection()
        .AddSettlement(settlement =>
        {
            store.Use(settlement);
            settlement.Calendar("Asia/Seoul");
        })
        .BuildServiceProvider();
}
