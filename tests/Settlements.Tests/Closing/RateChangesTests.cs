using Settlements.Stores;

namespace Settlements.Tests.Closing;

public sealed class RateChangesTests
{
    private static readonly DateOnly Start = new(2024, 6, 1);
    private static readonly DateOnly Last = new(2024, 7, 1);

    [Fact]
    public void Equal_rates_have_no_change_whatever_the_order_of_configuration() =>
        Find(r => r.Flat("a", Start, Currency.KRW, 1.10m).Flat("b", Last, Currency.KRW, 2m), r => r.Flat("b", Last, Currency.KRW, 2m).Flat(
            "a", Start, Currency.KRW, 1.1m))
            .Should().BeEmpty();

    [Fact]
    public void Changing_a_version_that_priced_published_days_is_a_change()
    {
        static void Before(MeterRatesBuilder r) => r.Flat("a", Start, Currency.KRW, 1m);

        Find(Before, r => r.Flat("a", Start, Currency.KRW, 2m)).Should().ContainSingle().Which.Should().Match(
            "Rate table 'm' a has priced published days as [flat over lifetime: 1- at 1; KRW 0; Truncating] from 2024-06-01, and is now "
                + "[*at 2; *immutable*add a new version*");
        Find(Before, r => r.Flat("a", Start.AddDays(-1), Currency.KRW, 1m)).Should().ContainSingle();
        Find(Before, r => r.Flat("a", Start, Currency.USD, 1m)).Should().ContainSingle();
        Find(Before, r => r.Flat("a", Start, Currency.KRW, 1m).Round(Rounding.Cumulative)).Should().ContainSingle();
        Find(Before, r => r.Flat("b", Last.AddDays(1), Currency.KRW, 1m)).Should().ContainSingle().Which.Should().Match(
            "*'m' a *is missing. Restore it*");
    }

    [Theory]
    [InlineData("2024-07-01", false, 1)]
    [InlineData("2024-07-02", false, 0)]
    [InlineData("2024-06-15", true, 0)]
    public void Only_a_superseding_version_may_start_in_published_days(string from, bool supersedes, int changes)
    {
        var first = DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        var found = Find(r => r.Flat("a", Start, Currency.KRW, 1m), r =>
        {
            r.Flat("a", Start, Currency.KRW, 1m).Flat("b", first, Currency.KRW, 2m);
            if (supersedes)
                r.Supersedes("a");
        });

        found.Should().HaveCount(changes);
        foreach (var fault in found)
            fault.Should().Match("*'m' b is new and starts on 2024-07-01*Start it on 2024-07-02 or later*Supersedes*");
    }

    [Fact]
    public void The_definition_is_the_same_in_every_culture()
    {
        var texts = new HashSet<string>();
        Rates.InEveryCulture.Run(() =>
        {
            var rates = MeterRates.Build("m", r => r.Graduated("a", Start, Currency.USD, [(1_000, 0.015m), (null, 1_000.5m)]));
            texts.Add(string.Join('|', rates.All().Select(v => RecordedRate.From(rates, v, Last).Definition)));
            texts.Add(string.Join('|', Find(r => r.Flat("a", Start, Currency.KRW, 0.5m), r => r.Flat("a", Start, Currency.KRW, 1.5m))));
        });

        texts.Should().HaveCount(2);
    }

    private static IReadOnlyList<string> Find(Action<MeterRatesBuilder> before, Action<MeterRatesBuilder> now) =>
        RateChanges.Find(Recorded(before), Recorded(now), Last);

    private static List<RecordedRate> Recorded(Action<MeterRatesBuilder> configure)
    {
        var rates = MeterRates.Build("m", configure);
        return [.. rates.All().Select(v => RecordedRate.From(rates, v, Last))];
    }
}
