using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Faults;

/// <summary>
/// A connection that is lost while rows are streamed is a transient store error, so that the chunk is retried.
/// </summary>
public sealed class CutStreamTests(SharedServer shared)
{
    [Fact]
    public async Task An_interrupted_stream_is_a_transient_store_error()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await using var scenario = await Scenario.StartAsync(
            store, use: s => s.UseMySql(new MySqlStoreOptions { ConnectionString = store.Through(proxy), RetriesMax = 0 }));
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday));
        await scenario.CloseAsync(Scenario.Monday);
        var day = new DateRange(Scenario.Monday, Scenario.Monday);
        var lines = scenario.Services.GetRequiredService<ILineStore>();
        var exclusions = scenario.Services.GetRequiredService<IExclusionStore>();
        var instants = new UtcRange(Scenario.Instant(Scenario.Monday, 0), Scenario.Instant(Scenario.Monday, 24));

        await CutAsync("FROM settlement_lines", () => lines.ReadAsync(day, new ItemFilter(), default));
        await CutAsync("settlement_lines", () => lines.ReadAsync(day, new ItemFilter(payeeId: "p1"), default));
        await CutAsync("restatement_entries", () =>
            scenario.Services.GetRequiredService<IRestatementStore>().ReadAsync(Scenario.Monday, null, null, default));
        await CutAsync("usage_events", () => exclusions.MatchAsync(instants, new UsageFilter(day), default));
        await CutAsync("excluded_events", () => exclusions.ListEventsAsync(1, default));

        async Task CutAsync<T>(string table, Func<IAsyncEnumerable<T>> read)
        {
            var cuts = 0;
            proxy.OnCommand = command =>
                command.Text.Contains(table, StringComparison.Ordinal) && ++cuts == 1 ? ProxyFault.CutAfter : ProxyFault.None;
            (await FluentActions.Awaiting(async () => await read().CountAsync())
                .Should().ThrowAsync<MySqlStoreException>(table)).Which.IsTransient
                .Should().BeTrue(table);
            proxy.OnCommand = null;
            cuts.Should().Be(1, table);
            _ = await read().CountAsync();
        }
    }
}
