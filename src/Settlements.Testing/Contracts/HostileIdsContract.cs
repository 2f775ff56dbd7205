namespace Settlements.Testing;

/// <summary>Contract test of ids with SQL and control characters: they are stored and returned unchanged.</summary>
public abstract class HostileIdsContract
{
    private static readonly string[] Names =
    [
        "'; DROP TABLE usage_events; --", "\"; DELETE FROM settlement_lines; --", "' OR '1'='1", "`x`", "\\", "\\'", "\\\\N", "\\0", "%",
        "_", "@x", "?", ":a", "{0}",
        "a\tb", "a\nb", "a\rb", "a\u0001b", "\u202Eabc", "\uFEFFx", " x", "x ", "ＡＢ", "é", "e\u0301", "👩‍👩‍👧", "NULL", "null", "0x41",
        "X'41'", "/*", "--", "#", "a,b", "a\"b", "<script>",
    ];

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task Ids_with_SQL_and_control_characters_stay_distinct_and_unchanged()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s =>
        {
            Scenario.UsualRates(s);
            s.Configure(o => (o.ChunkRowsMax, o.PartialsPerItemRange) = (5, 3));
        });
        var events = Names.Select((name, i) => Scenario.Event(i + 1, Scenario.Monday, i + 1, name, name)).ToArray();
        await scenario.LoadAsync(new UsageLoadOptions { ChunkRows = 7 }, events);
        await scenario.LoadAsync(events);

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Select(l => (l.ItemId, l.PayeeId, l.Quantity)).Should().BeEquivalentTo(
            Names.Select((name, i) => (name, name, (long)i + 1)));
        (await scenario.Engine.Rankings.TopAsync(CalendarPeriod.Week, Scenario.Monday, "video.view", 100)).Items.Select(r => r.ItemId)
            .Should().Equal(Names.Reverse());
        for (var i = 0; i < Names.Length; i++)
        {
            (await scenario.Engine.Statements.ReadAsync(Names[i], CalendarPeriod.Day, Scenario.Monday)).Meters.Single().Quantity
                .Should().Be(i + 1);
            (await scenario.Engine.Lines.ExplainAsync(Scenario.Monday, "video.view", Names[i])).Should().ContainSingle();
        }

        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Scenario.Monday))).Differences.Should().BeEmpty();
        (await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday))).Findings.Should().BeEmpty();
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(Names.Length);
    }
}
