using Settlements.Stores;

namespace Settlements.Tests.Verification;

public sealed class DayDifferencesTests
{
    private static readonly DateOnly Day = new(2024, 7, 1);

    [Fact]
    public void Changed_usage_of_a_single_payee_is_an_increase_or_a_decrease()
    {
        Find([("ann", 5, 1), ("bob", 4, 2)], [("ann", 7, 2), ("bob", 3, 1), ("eve", 1, 1)], item: (payee, _) => payee).Should().Equal(
            ("ann", FindingKind.Increase, 2, 1), ("bob", FindingKind.Decrease, -1, -1), ("eve", FindingKind.Increase, 1, 1));
        Find([("ann", 5, 1)], [("ann", 5, 1)]).Should().BeEmpty();
        Find([("ann", 5, 1)], [("ann", 4, 2)])
            .Should().Equal([("ann", FindingKind.Increase, -1, 1)], "a correction is an additional event");
        Find([("ann", 5, 1)], [("ann", 9, 1)]).Should().Equal(("ann", FindingKind.Increase, 4, 0));
    }

    [Fact]
    public void Usage_moved_to_another_payee_is_a_payee_change_and_the_rest_is_a_separate_finding()
    {
        Find([("ann", 5, 1)], [("bob", 5, 1)])
            .Should().Equal(("ann", FindingKind.PayeeChange, -5, -1), ("bob", FindingKind.PayeeChange, 5, 1));
        Find([("ann", 5, 1)], [("bob", 8, 3)]).Should().Equal(
            ("ann", FindingKind.PayeeChange, -5, -1), ("bob", FindingKind.Increase, 3, 2), ("bob", FindingKind.PayeeChange, 5, 1));
        Find([("ann", 8, 3)], [("bob", 5, 1)]).Should().Equal(
            ("ann", FindingKind.Decrease, -3, -2), ("ann", FindingKind.PayeeChange, -5, -1), ("bob", FindingKind.PayeeChange, 5, 1));
        Find([("ann", 5, 1)], [("bob", 3, 1), ("eve", 4, 1)])
            .Should().OnlyContain(f => f.Kind == FindingKind.PayeeChange, "the increase can't be attributed to one payee")
            .And.HaveCount(3);
    }

    [Fact]
    public void Differences_include_adjustments_and_quarantined_usage_and_exclude_late_lines()
    {
        var differences = new DayDifferences(Day);
        differences.AddPublished(new SettlementLine(Day, LineKind.Usage, Day.AddDays(-1), "m", "v1", "ann", 100, 1, null));
        differences.AddPublished(
            new SettlementLine(Day, LineKind.Restatement, Day, "m", "v1", "ann", 100, 1, null, new RestatedLine(Day, LineKind.Usage)));
        differences.AddQuarantined(new QuarantinedUsage("m", "v1", "ann", Day, (Int128)long.MaxValue * 3, 2, ""));
        differences.AddQuarantined(new QuarantinedUsage("m", "v1", "ann", Day.AddDays(-1), 7, 1, ""));
        differences.AddAdjustment(new Adjustment(Day, null, "m", "v1", "ann", 5, 1, "accepted", "eve"));
        differences.AddCurrent(new UsageSum("m", "v1", "ann", Day, ((Int128)long.MaxValue * 3) + 5, 3));

        differences.Find().Should().BeEmpty();
    }

    [Theory]
    [InlineData(RateTable.CountMax, true)]
    [InlineData(RateTable.CountMax + 1, false)]
    public void A_difference_out_of_the_range_of_counters_is_not_posted(long quantity, bool isPosted)
    {
        var differences = new DayDifferences(Day);
        differences.AddCurrent(new UsageSum("m", "v1", "ann", Day, quantity, 1));

        DayDifferences.IsPostable(differences.Find().Single()).Should().Be(isPosted);
    }

    [Fact]
    public void Only_reasons_written_by_policies_name_backfilled_sources()
    {
        var names = new HashSet<string> { "plays", "source: x", "ＡＢ" };
        Adjustment Of(string reason, string? by = null) => new(Day, Day, "m", "v1", "ann", 1, 1, reason, by);

        BackfilledUsage.Of([Of(BackfilledUsage.Reason(names)), Of(BackfilledUsage.Reason(new HashSet<string>()))])
            .Should().BeEquivalentTo(names);
        BackfilledUsage.Of([Of(BackfilledUsage.Reason(names), by: "eve"), Of("paid anyway")]).Should().BeEmpty();
    }

    private static IEnumerable<(string Payee, FindingKind Kind, long Quantity, long Events)> Find(
        (string Payee, long Quantity, long Events)[] before, (string Payee, long Quantity, long Events)[] after, Func<string, long,
        string>? item = null)
    {
        var differences = new DayDifferences(Day);
        foreach (var (payee, quantity, events) in before)
            differences.AddPublished(
                new SettlementLine(Day, LineKind.Usage, Day, "m", item?.Invoke(payee, quantity) ?? "v1", payee, quantity, events, null));
        foreach (var (payee, quantity, events) in after)
            differences.AddCurrent(new UsageSum("m", item?.Invoke(payee, quantity) ?? "v1", payee, Day, quantity, events));
        return differences.Find().Select(f => (f.PayeeId, f.Kind, f.Quantity, f.Events));
    }
}
