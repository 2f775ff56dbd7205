using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Counters;

/// <summary>Counters are read by ranges or by look-ups, with equal results.</summary>
public sealed class CounterReadTests(SharedServer shared)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(700)]
    public async Task Few_and_many_of_the_stored_counters_are_read_correctly(int every)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var counters = scenario.Services.GetRequiredService<ICounterStore>();
        var lifetime = new CounterInstance("video.view", CounterPeriod.Lifetime, BusinessCalendar.FirstDay);
        await counters.AddOpeningAsync(
            [.. Enumerable.Range(0, 9_000).Select(i => new ItemCounter(lifetime, $"v{i:0000}", i))], "import", default);
        var wanted = Enumerable.Range(0, 9_000).Where(i => i % every == 0).ToList();

        // Including items that don't exist, before, between and after the others.
        var items = wanted.Select(i => $"v{i:0000}").Concat(["a", "v0000x", "v8000x", "w"]).Order(StringComparer.Ordinal).ToList();
        var read = await counters.ReadAsync([new CounterRequest(lifetime, items)], default);

        read.Select(c => (c.ItemId, c.Quantity)).Should().Equal(wanted.Select(i => ($"v{i:0000}", (long)i)));
    }
}
