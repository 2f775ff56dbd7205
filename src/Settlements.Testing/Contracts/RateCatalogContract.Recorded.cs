using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

// Versions that are recorded at the start of a close.
public abstract partial class RateCatalogContract
{
    [Fact]
    public async Task Recorded_versions_change_until_they_are_priced()
    {
        const string Name = "'2024\\\"\t\n조회";
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        var rates = scenario.Services.GetRequiredService<IRecordedRateStore>();
        await rates.BeginAsync([Recorded("started"), Recorded("other", "b")], default);
        await rates.BeginAsync([Recorded("ignored")], default);
        await ShouldBeAsync(("other", false), ("started", false));
        await RecordAsync(Recorded("priced"), Recorded("new", "a"));
        await ShouldBeAsync(("new", true), ("other", false), ("priced", true));
        await RecordAsync(Recorded("late"), Recorded("priced 2", "b"));
        await rates.BeginAsync([Recorded("late")], default);
        await ShouldBeAsync(("new", true), ("priced 2", true), ("priced", true));
        (await rates.DiscardAsync("m", "item:'x'", "b", default)).Should().BeFalse();

        async Task RecordAsync(params RecordedRate[] versions)
        {
            await using var connection = await store.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await rates.RecordAsync(transaction, versions, default);
            await transaction.CommitAsync();
        }

        async Task ShouldBeAsync(params (string Definition, bool IsPriced)[] expected)
        {
            var found = await rates.ListAsync(null, default);
            found.Select(r => (r.Definition, r.IsPriced)).OrderBy(r => r.Definition, StringComparer.Ordinal).Should().Equal(
                expected.OrderBy(e => e.Definition, StringComparer.Ordinal));
            found.Should().AllSatisfy(r => (r.FirstDay.DayNumber - First.DayNumber, r.InForceFrom.DayNumber - First.DayNumber).Should()
                .Be((r.Definition.Length, r.Definition.Length + 1)));
            found.Should().AllSatisfy(r => r.Version.Should().BeOneOf(Name, "a", "b"));
        }

        static RecordedRate Recorded(string definition, string version = Name) => new(
            "m", "item:'x'", version, First.AddDays(definition.Length), definition, First.AddDays(definition.Length + 1));
    }

    /// <summary>An instant as an SQL literal of the column proposed_at.</summary>
    protected abstract string Instant { get; }
}
