namespace Settlements.Testing;

/// <summary>Contract tests of verification: it reports every changed, added or deleted published value.</summary>
public abstract class VerificationContract
{
    protected abstract StoreUnderTest NewStore();

    [Theory]
    [InlineData("UPDATE settlement_lines SET currency_digits = 2 WHERE item_id = 'v1'", "currency")]
    [InlineData("UPDATE settlement_lines SET exact_amount = '1.5' WHERE item_id = 'v1' AND meter = 'video.view'", "exact_amount")]
    [InlineData("UPDATE settlement_lines SET amount = '2' WHERE item_id = 'v1' AND meter = 'video.view'", "amount")]
    [InlineData("UPDATE settlement_lines SET rate_version = 'x' WHERE item_id = 'v1' AND meter = 'video.view'", "rate_version")]
    [InlineData(
        "UPDATE settlement_lines SET counter_before = counter_before - 1, counter_after = counter_after - 1 WHERE item_id = 'v2'",
        "counter_before")]
    [InlineData("UPDATE settlement_lines SET events = 9 WHERE item_id = 'v2'", "events")]
    [InlineData("UPDATE settlement_lines SET payee_id = 'eve' WHERE item_id = 'v2'", "quantity")]
    [InlineData("UPDATE settlement_lines SET usage_date = '2024-06-30' WHERE item_id = 'v2'", "quantity of the usage of 2024-06-30")]
    [InlineData("DELETE FROM settlement_lines WHERE item_id = 'v2'", "number of lines recorded at publication")]
    [InlineData("DELETE FROM payee_sums WHERE meter = 'ad.view'", "units in the sums by payee")]
    [InlineData("DELETE FROM payee_sums WHERE meter = 'video.view'", "amount in the sums by payee, in KRW")]
    [InlineData("UPDATE payee_sums SET currency = 'USD'", "amount in the sums by payee, in USD")]
    [InlineData("UPDATE payee_sums SET meter = 'ghost' WHERE meter = 'ad.view'", "amount in the sums by payee, in KRW")]
    [InlineData("UPDATE payee_sums SET sums = X'20' WHERE meter = 'ad.view'", "sums by payee")]
    [InlineData("UPDATE payee_sums SET sums = X'20FFFFFFFF0F' WHERE meter = 'ad.view'", "sums by payee")]
    [InlineData("DELETE FROM day_totals WHERE meter = 'video.view'", "number of lines recorded at publication")]
    [InlineData("UPDATE day_totals SET quantity = '1' WHERE meter = 'video.view'", "quantity recorded at publication")]
    [InlineData("UPDATE day_amounts SET amount = '1'", "amount recorded at publication, in KRW")]
    [InlineData("UPDATE rankings SET quantity = quantity + 1 WHERE period = 'week'", "rank 1 of the week")]
    [InlineData("UPDATE rankings SET payee_id = 'eve' WHERE period = 'month' AND place = 2", "rank 2 of the month")]
    [InlineData("DELETE FROM rankings WHERE period = 'day' AND place = 2", "rank 2 of the day")]
    [InlineData("DELETE FROM rankings WHERE meter = 'video.seconds'", "rank 1 of the day")]
    [InlineData("UPDATE item_counters SET quantity = quantity + 1 WHERE period = 'month'", "counter over month from 2024-07-01")]
    [InlineData("DELETE FROM item_counters WHERE period = 'week' AND item_id = 'v1'", "counter over week from 2024-07-01")]
    [InlineData("DELETE FROM item_counters WHERE period = 'week'", "counter over week from 2024-07-01")]
    [InlineData("UPDATE item_counters SET item_id = 'ghost' WHERE period = 'week' AND item_id = 'v1'", "counter over week from 2024-07-01")]
    [InlineData("INSERT INTO item_counters (meter, period, period_start, item_id, quantity, run_id, previous) VALUES ('ad.view', 'month', "
        + "'2024-07-01', 'ghost', 1, 0, NULL)",
        "number of counters, counter over month from 2024-07-01")]
    [InlineData("UPDATE volume_units SET units = units + 1", "volume units of ad from 2024-07-01")]
    [InlineData("DELETE FROM volume_units", "volume units of ad from 2024-07-01")]
    [InlineData("UPDATE rounding_sums SET exact_amount = '9.5'", "exact sum in KRW")]
    [InlineData("DELETE FROM rounding_sums WHERE payee_id = 'p2'", "exact sum in KRW")]
    [InlineData("UPDATE usage_events SET payee_id = 'eve' WHERE quantity = 7", "quantity")]
    [InlineData("DELETE FROM usage_events WHERE quantity = 7", "quantity")]
    public async Task A_changed_value_is_reported(string tampering, string what)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 0.3m, CounterPeriod.Week).Round(
                Rounding.Cumulative))
            .Rates("ad.view", r => r.Volume("ad", new DateOnly(2024, 1, 1), Currency.KRW, [(2, 10m), (null, 5m)], CounterPeriod.Month)));
        var tuesday = Scenario.Monday.AddDays(1);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, 7, "v2", "p2"), Scenario.Event(3, tuesday, 4),
            Scenario.Event(4, Scenario.Monday, 2, meter: "ad.view"), Scenario.Event(5, tuesday, 2, "v2", "p2"),
            Scenario.Event(6, tuesday, 60, meter: "video.seconds"));
        await scenario.CloseAsync(tuesday);
        await scenario.CheckAsync(Scenario.Monday, tuesday);

        await store.ExecuteAsync(tampering);

        var report = await scenario.Engine.Verifier.VerifyAsync(new(Scenario.Monday, tuesday));
        report.IsClean.Should().BeFalse();
        report.Differences.Select(d => d.What).Should().Contain(what);
    }
}
