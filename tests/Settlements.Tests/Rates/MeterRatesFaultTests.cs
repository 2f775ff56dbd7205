namespace Settlements.Tests.Rates;

public sealed class MeterRatesFaultTests
{
    private static readonly DateOnly June = new(2024, 6, 1);

    [Fact]
    public void Errors_of_a_table_name_the_meter_and_the_version() =>
        Faults("video.view", rates => rates.Graduated("2024-06", June, Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (400_000, 1.3m)]))
            .Should().Equal(
                "Rate table 'video.view' 2024-06: tier 3 is up to 400000, below tier 2 (499999).",
                "Rate table 'video.view' 2024-06 has a gap: nothing prices unit 500000 and above; end with a tier whose UpTo is null.");

    [Fact]
    public void Errors_of_an_override_name_the_item_or_the_payee() =>
        Faults("video.view", rates => rates
            .Flat("v", June, Currency.KRW, 1m)
            .ForItem("v1", own => own.Volume("vip", June, Currency.KRW, [(10, 1m)]))
            .ForPayee("p1", own => own.Package("vip", June, Currency.KRW, 0, 1m)))
            .Should().Equal(
                "Rate table 'video.view' item 'v1' vip has a gap: nothing prices unit 11 and above; end with a tier whose UpTo is null.",
                "Rate table 'video.view' payee 'p1' vip: a package has 0 units; use 1 to 1000000000.");

    [Fact]
    public void Two_versions_with_the_same_first_day_are_an_error() =>
        Faults("video.view", rates => rates.Flat("2024-06", June, Currency.KRW, 1m).Flat("2024-06b", June, Currency.KRW, 2m))
            .Should().Equal(
                "Rate table 'video.view': versions 2024-06 and 2024-06b both start on 2024-06-01; use a different first day for each.");

    [Fact]
    public void Two_versions_with_the_same_name_are_an_error() =>
        Faults("m", rates => rates.ForItem("i", own => own
            .Flat("v", June, Currency.KRW, 1m).Flat("v", June.AddDays(1), Currency.KRW, 2m)))
            .Should().Equal("Rate table 'm' item 'i': 2 versions have the name v; use a different name for each.");

    [Fact]
    public void The_same_name_and_first_day_in_two_scopes_are_accepted() =>
        Faults("m", rates => rates.Flat("v", June, Currency.KRW, 1m).ForItem("i", own => own.Flat("v", June, Currency.KRW, 1m)))
            .Should().BeEmpty();

    [Fact]
    public void A_meter_without_versions_is_an_error()
    {
        Faults("m", _ => { }).Should().Equal("Rate table 'm' has no versions; add one, with the first day that it prices.");
        Faults("m", rates => rates.ForPayee("p", _ => { })).Should().Equal(
            "Rate table 'm' payee 'p' has no versions; add one, or remove the override.");
    }

    [Fact]
    public void Empty_and_overlong_names_are_errors()
    {
        var (longest, tooLong) = (string.Concat(Enumerable.Repeat("😀", 64)), new string('x', 65));
        void Flat(MeterRatesBuilder rates) => rates.Flat("v", June, Currency.KRW, 1m);

        Faults(longest, Flat).Should().BeEmpty("64 characters are counted as code points");
        Faults("", Flat).Should().Equal("Rate table '': the meter's name is empty; use 1 to 64 characters.");
        Faults(tooLong, Flat).Should().Equal($"Rate table '{tooLong}': the meter's name has 65 characters, over the limit of 64.");
        Faults("a\ud800", Flat).Single().Should().EndWith(
            "has an unpaired surrogate, which can't be stored as UTF-8; remove it.");
        Faults("m", rates => rates.Flat(" ", June, Currency.KRW, 1m))
            .Should().Equal("Rate table 'm': version name ' ' is empty; use 1 to 64 characters.");
        Faults("m", rates => rates.Flat(tooLong, June, Currency.KRW, 1m).Flat(longest, June, Currency.KRW, 1m))
            .Should().Equal($"Rate table 'm': version name '{tooLong}' has 65 characters, over the limit of 64.");
        Faults("m", rates => rates.ForItem("", own => own.Flat("v", June, Currency.KRW, 1m)).Flat("v", June, Currency.KRW, 1m))
            .Should().Equal("Rate table 'm': the item id of an override is empty; use the id of one item.");
    }

    [Fact]
    public void Cumulative_rounding_is_accepted_with_any_periods_and_currencies() =>
        Faults("m", rates => rates
            .Flat("life", June, Currency.KRW, 1m)
            .Flat("usd", June.AddDays(1), Currency.USD, 1m)
            .ForPayee("p", own => own.Flat("month", June, Currency.KRW, 1m, CounterPeriod.Month))
            .Round(Rounding.Cumulative))
            .Should().BeEmpty();

    [Fact]
    public void An_exception_of_a_table_factory_is_reported_with_the_other_errors() =>
        Faults("m", rates => rates
            .Flat("bad", June, Currency.KRW, -1m)
            .ForItem("i", own => own.Version("v", June, Currency.KRW, RateTable.Flat(-2m)))
            .Version("v", June, Currency.KRW, RateTable.Graduated()))
            .Should().Equal(
                "Rate table 'm' bad: the price is -1, below 0.",
                "Rate table 'm' has no tiers; add at least one, whose UpTo is null.",
                "Rate table 'm' item 'i': the price is -2, below 0.");

    [Fact]
    public void All_errors_of_a_meter_are_reported_at_once()
    {
        var act = () => MeterRates.Build(" ", rates => rates
            .Flat("a", June, Currency.KRW, -1m)
            .Flat("b", June, Currency.KRW, 1m)
            .Flat("b", June, Currency.USD, 1m)
            .Round(Rounding.Cumulative));
        var refused = act.Should().Throw<RateTableException>().Which;

        refused.Errors.Should().HaveCount(4);
        refused.Message.Should().Be(string.Join('\n', refused.Errors));
        refused.Errors.Should().Contain("Rate table ' ' a: the price is -1, below 0.");
    }

    [Fact]
    public void An_undefined_rounding_rule_is_refused()
    {
        var act = () => MeterRates.Build("m", rates => rates.Round((Rounding)7));
        act.Should().Throw<ArgumentOutOfRangeException>().WithMessage("Use Truncating or Cumulative.*");
    }

    private static IReadOnlyList<string> Faults(string meter, Action<MeterRatesBuilder> configure)
    {
        var made = MeterRates.TryBuild(meter, configure, out var rates, out var faults);
        made.Should().Be(faults.Count == 0);
        (rates is not null).Should().Be(made);
        return faults;
    }
}
