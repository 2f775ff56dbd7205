using System.Globalization;
using FsCheck.Xunit;

namespace Settlements.Tests.Rates;

/// <summary>Tests of versions that end.</summary>
public sealed class UntilTests
{
    private static readonly DateOnly June = new(2024, 6, 1);

    /// <summary>An item's override from the 5th to the 10th, a payee's from the 8th to the 20th, two versions of the meter.</summary>
    private static readonly MeterRates Rates = MeterRates.Build("m", rates => rates
        .Flat("meter", June, Currency.KRW, 1m).Until(Day(14))
        .Flat("meter-2", Day(15), Currency.KRW, 2m)
        .ForItem("hit", own => own.Flat("item", Day(5), Currency.KRW, 3m).Until(Day(10)))
        .ForPayee("vip", own => own.Flat("payee", Day(8), Currency.KRW, 4m).Until(Day(20))));

    [Theory]
    [InlineData(4, "hit", "p", "meter")]
    [InlineData(5, "hit", "p", "item")] // both ends are included
    [InlineData(10, "hit", "p", "item")]
    [InlineData(11, "hit", "p", "meter")] // the payee has no override
    [InlineData(10, "hit", "vip", "item")]
    [InlineData(11, "hit", "vip", "payee")] // after the item's override that of the payee
    [InlineData(20, "hit", "vip", "payee")]
    [InlineData(21, "hit", "vip", "meter-2")]
    [InlineData(7, "any", "vip", "meter")]
    [InlineData(8, "any", "vip", "payee")]
    [InlineData(14, "any", "any", "meter")]
    [InlineData(15, "any", "any", "meter-2")]
    public void After_its_last_day_a_version_is_followed_by_that_of_the_next_scope(int day, string item, string payee, string version)
    {
        Rates.Find(Day(day), item, payee)!.Version.Should().Be(version);
        Rates.HasOverride(Day(day), item, payee).Should().Be(!version.StartsWith("meter", StringComparison.Ordinal));
    }

    [Fact]
    public void Finding_a_version_that_has_ended_allocates_nothing() =>
        Allocations.Least(() =>
        {
            for (var day = 1; day <= 30; day++)
                Rates.Find(Day(day), "hit", "vip");
        }).Should().Be(0);

    [Fact]
    public void A_version_of_one_day_starts_and_ends_on_it()
    {
        var rates = MeterRates.Build("m", rates => rates.Flat("a", June, Currency.KRW, 1m)
            .ForItem("hit", own => own.Flat("day", Day(2), Currency.KRW, 2m).Until(Day(2))));

        Find(rates, 1, 2, 3).Should().Equal("a", "day", "a");
        rates.All().Last().ToString().Should().Be("day from 2024-06-02 until 2024-06-02 in KRW, flat over lifetime: 1- at 2");
    }

    [Fact]
    public void A_later_version_of_the_scope_takes_over_before_the_end_of_an_earlier_one()
    {
        var rates = MeterRates.Build("m", rates => rates.Flat("a", June, Currency.KRW, 1m).Until(Day(10))
            .Flat("b", Day(5), Currency.KRW, 2m));

        Find(rates, 4, 5, 10, 11).Should().Equal("a", "b", "b", "b");
    }

    [Fact]
    public void Between_two_versions_of_an_override_the_next_scope_applies()
    {
        var rates = MeterRates.Build("m", rates => rates.Flat("a", June, Currency.KRW, 1m)
            .ForItem("hit", own => own.Flat("i1", Day(2), Currency.KRW, 2m).Until(Day(3)).Flat("i2", Day(6), Currency.KRW, 3m)));

        Find(rates, 3, 4, 5, 6).Should().Equal("i1", "a", "a", "i2");
    }

    [Fact]
    public void A_superseding_version_that_ends_is_followed_by_the_version_that_it_supersedes()
    {
        var rates = MeterRates.Build("m", rates => rates.Flat("a", June, Currency.KRW, 1m)
            .Flat("b", Day(2), Currency.KRW, 2m).Supersedes("a").Until(Day(3)));
        Find(rates, 1, 2, 3, 4).Should().Equal("a", "b", "b", "a");

        // The superseding version replaces the other one only on its dates.
        rates = MeterRates.Build("m", rates => rates.Flat("meter", June, Currency.KRW, 1m).ForItem("hit", own => own
            .Flat("a", Day(2), Currency.KRW, 2m).Until(Day(4)).Flat("b", Day(3), Currency.KRW, 3m).Supersedes("a")));
        Find(rates, 1, 2, 3, 4, 5).Should().Equal("meter", "a", "b", "b", "meter");
    }

    [Fact]
    public void A_gap_is_refused()
    {
        Errors(r => r.Flat("a", June, Currency.KRW, 1m).Until(Day(4))).Should().Equal(
            "Rate table 'm' has a gap: version a ends on 2024-06-04, and no version prices 2024-06-05; add a version that starts on "
            + "2024-06-05 or earlier.");
        Errors(r => r.Flat("a", June, Currency.KRW, 1m).Until(Day(4)).Flat("b", Day(6), Currency.KRW, 1m)).Should().Equal(
            "Rate table 'm' has a gap: version a ends on 2024-06-04, and no version prices 2024-06-05; add a version that starts on "
            + "2024-06-05 or earlier, or end it later.");
        Errors(r => r.Flat("a", June, Currency.KRW, 1m).Until(Day(4)).Flat("b", Day(5), Currency.KRW, 1m)).Should().BeEmpty();
        Errors(r => r.Flat("a", June, Currency.KRW, 1m).Until(DateOnly.MaxValue)).Should().BeEmpty("no day follows");
        Errors(r => r.Flat("a", June, Currency.KRW, 1m).Until(Day(20)).Flat("b", Day(5), Currency.KRW, 1m).Until(Day(9))).Should()
            .ContainSingle("a is not in force again after b").Which.Should().Contain("version b ends on 2024-06-09");
        Errors(r => r.Flat("a", June, Currency.KRW, 1m).Until(Day(4)).Flat("b", Day(2), Currency.KRW, 1m).Supersedes("a")).Should()
            .ContainSingle("a superseding version does not follow").Which.Should().Contain("version a ends on 2024-06-04");
    }

    [Fact]
    public void The_end_of_an_override_needs_a_version_of_the_meter_from_the_next_day_on()
    {
        static void Override(MeterRatesBuilder rates) => rates.ForPayee("vip", own => own.Flat("p", June, Currency.KRW, 1m).Until(Day(4)));

        Errors(Override).Should().Equal(
            "Rate table 'm' payee 'vip' has a gap: version p ends on 2024-06-04, and no version prices 2024-06-05; add a version that "
            + "starts on 2024-06-05 or earlier.");
        Errors(r => Override(r.Flat("a", Day(6), Currency.KRW, 1m))).Should().ContainSingle().Which.Should().Contain("payee 'vip'");
        Errors(r => Override(r.Flat("a", Day(5), Currency.KRW, 1m))).Should().BeEmpty();
        Errors(r => Override(r.ForItem("hit", own => own.Flat("i", June, Currency.KRW, 1m)))).Should()
            .ContainSingle("the payee's other items have no version").Which.Should().Contain("payee 'vip'");
    }

    [Fact]
    public void An_invalid_end_is_refused()
    {
        Errors(r => r.Until(Day(4)).Flat("a", June, Currency.KRW, 1m)).Should().Equal(
            "Rate table 'm': Until(2024-06-04) is called before any version is added; add the version first.");
        Errors(r => r.Flat("a", Day(5), Currency.KRW, 1m).Until(Day(4)).Flat("b", Day(5).AddDays(1), Currency.KRW, 1m)).Should()
            .ContainSingle(e => e.Contains(
                "version a ends on 2024-06-04, before its first day 2024-06-05; end it on that day or later", StringComparison.Ordinal));
    }

    [Fact]
    public void The_end_or_correction_of_an_invalid_version_does_not_change_the_one_before()
    {
        Errors(r => r.Flat("a", June, Currency.KRW, 1m).Flat("b", Day(5), Currency.KRW, -1m).Until(Day(9))).Should().ContainSingle()
            .Which.Should().StartWith("Rate table 'm' b");
        Errors(r => r.Flat("a", June, Currency.KRW, 1m).Flat("b", Day(5), Currency.KRW, -1m).Supersedes("a")).Should().ContainSingle()
            .Which.Should().StartWith("Rate table 'm' b");
        Errors(r => r.Flat("", June, Currency.KRW, 1m).Until(Day(9))).Should().ContainSingle().Which.Should().Contain("name");
    }

    [Property(MaxTest = 1000)]
    public void Any_versions_price_like_the_definition(
        (byte From, byte Days)[] item, (byte From, byte Days)[] payee, (byte From, byte Days)[] meter)
    {
        var isValid = MeterRates.TryBuild("m", Configure, out var rates, out var errors);
        var scopes = new[] { item, payee, meter }.Select(Versions).ToList();
        var isUnpriced = Enumerable.Range(0, 60).Select(day => scopes.All(scope => NameOn(scope, day) is null)).ToList();
        if (!isValid)
        {
            errors.Should().NotBeEmpty();
            return;
        }

        for (var day = 0; day < 60; day++)
        {
            var expected = scopes.Select((scope, i) => NameOn(scope, day) is { } name ? $"{i}{name}" : null)
                .FirstOrDefault(n => n is not null);
            var version = rates!.Find(June.AddDays(day), "hit", "vip");
            (version is null ? null : $"{Scope(version.Scope)}{version.Version}").Should().Be(expected);
        }

        // After the meter's first day every date has a version.
        if (scopes[2].Count > 0)
            isUnpriced.Skip(scopes[2].Min(v => v.From)).Should().NotContain(true);

        void Configure(MeterRatesBuilder builder)
        {
            Add(builder, meter);
            if (item.Length > 0)
                builder.ForItem("hit", own => Add(own, item));
            if (payee.Length > 0)
                builder.ForPayee("vip", own => Add(own, payee));
        }

        static int Scope(string scope) => scope.Length == 0 ? 2 : scope.StartsWith("item", StringComparison.Ordinal) ? 0 : 1;
    }

    /// <summary>Adds versions, a third of them with an end.</summary>
    private static void Add<T>(RateVersionsBuilder<T> builder, (byte From, byte Days)[] versions)
        where T : RateVersionsBuilder<T>
    {
        foreach (var (name, from, last) in Versions(versions))
        {
            builder.Flat(name, June.AddDays(from), Currency.KRW, 1m);
            if (last is { } end)
                builder.Until(June.AddDays(end));
        }
    }

    private static List<(string Name, int From, int? Last)> Versions((byte From, byte Days)[] versions) =>
        [.. versions.Take(4).Select((v, i) => (
            i.ToString(CultureInfo.InvariantCulture), v.From % 40, v.Days % 3 != 0 ? (int?)null : (v.From % 40) + (v.Days % 20)))];

    /// <summary>The version that started last, unless it has ended.</summary>
    private static string? NameOn(List<(string Name, int From, int? Last)> versions, int day)
    {
        var started = versions.Where(v => v.From <= day).OrderByDescending(v => v.From).ToList();
        return started.Count > 0 && !(started[0].Last < day) ? started[0].Name : null;
    }

    private static DateOnly Day(int day) => June.AddDays(day - 1);

    private static IEnumerable<string?> Find(MeterRates rates, params int[] days) =>
        days.Select(day => rates.Find(Day(day), "hit", "p")?.Version);

    private static IReadOnlyList<string> Errors(Action<MeterRatesBuilder> configure)
    {
        _ = MeterRates.TryBuild("m", configure, out _, out var errors);
        return errors;
    }
}
