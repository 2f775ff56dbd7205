using System.Globalization;

namespace Settlements.Testing;

/// <summary>Contract tests of the worked figures of the settlement rules, for any chunk size, with late usage and corrections.</summary>
public abstract class WorkedFiguresContract
{
    private static readonly DateOnly Start = new(2024, 1, 1);
    private static readonly (int Rows, int Partials, int Workers)[] Cuts = [(1_000_000, 200_000, 1), (1, 1, 2), (3, 2, 1)];

    private static Action<MeterRatesBuilder> Flat => r => r.Flat("1", Start, Currency.KRW, 1m).Flat("2", Date("07-01"), Currency.KRW, 2m);

    private static Action<MeterRatesBuilder> Month =>
        r => r.Graduated("v", Start, Currency.KRW, [(1_000, 0m), (null, 3m)], CounterPeriod.Month);

    private static Action<MeterRatesBuilder> Tiers => r => r.Graduated("v", Start, Currency.KRW, [(1_000, 1m), (null, 2m)]);

    private static Action<MeterRatesBuilder> Volume => r => r
        .Volume("v", Start, Currency.KRW, [(15, 10m), (null, 5m)]).Volume("w", Date("07-01"), Currency.KRW, [(15, 20m), (null, 8m)]);

    /// <summary>
    /// By name: the rates, the usage loaded before each close (posting date, then payee, quantity and usage date), the lines.
    /// </summary>
    private static readonly Dictionary<string, (Action<MeterRatesBuilder> Rates, string Used, string Lines)> Figures = new(
        StringComparer.Ordinal)
    {
        ["a correction has the price of its usage date"] = (Flat, "06-30: ann 1000 06-30; 07-01: ann -1000 06-30",
            "06-30 06-30 ann 1000 1000; 07-01 06-30 ann -1000 -1000"),
        ["late usage has the price of its usage date"] = (Flat, "06-30: ann 1000 06-30; 07-01: ann 1000 06-30",
            "06-30 06-30 ann 1000 1000; 07-01 06-30 ann 1000 1000"),
        ["late usage counts over its own month"] = (Month,
            "06-30: ann 1500 06-30; 07-01: ann 100 06-30; 07-02: ann 1001 07-02",
            "06-30 06-30 ann 1500 1500; 07-01 06-30 ann 100 300; 07-02 07-02 ann 1001 3"),
        ["a correction counts over its own month"] = (Month,
            "06-30: ann 1500 06-30; 07-01: ann -500 06-30; 07-02: ann 1001 07-02",
            "06-30 06-30 ann 1500 1500; 07-01 06-30 ann -500 -1500; 07-02 07-02 ann 1001 3"),
        ["a lifetime counter includes late usage"] = (Tiers,
            "07-01: ann 900 07-01; 07-02: ann 300 07-02; 07-03: ann 100 07-01",
            "07-01 07-01 ann 900 900; 07-02 07-02 ann 300 500; 07-03 07-01 ann 100 200"),
        ["late usage comes before that of the day"] = (Tiers,
            "07-01: ann 900 07-01; 07-02: bob 50 07-01, ann 100 07-02",
            "07-01 07-01 ann 900 900; 07-02 07-02 ann 100 150; 07-02 07-01 bob 50 50"),
        ["late usage counts over its own day"] = (r => r.Graduated("v", Start, Currency.KRW, [(10, 0m), (null, 1m)], CounterPeriod.Day),
            "06-30: ann 12 06-30; 07-01: ann 5 06-30, ann 3 07-01", "06-30 06-30 ann 12 2; 07-01 06-30 ann 5 5; 07-01 07-01 ann 3 0"),
        ["a volume table reprices each payee's own units"] = (Volume,
            "06-01: ann 15 06-01; 06-02: bob 1 06-02; 06-03: bob -1 06-02",
            "06-01 06-01 ann 15 150; 06-02 06-02 ann 0 -75 repricing; 06-02 06-02 bob 1 5; 06-03 06-02 "
            + "ann 0 75 repricing; 06-03 06-02 bob -1 -5"),
        ["a volume table reprices nothing on one day"] = (Volume, "06-01: ann 15 06-01, bob 1 06-01",
            "06-01 06-01 ann 15 75; 06-01 06-01 bob 1 5"),
        ["a volume version reprices its own units alone"] = (Volume,
            "06-30: ann 15 06-30; 07-01: ann 1 07-01", "06-30 06-30 ann 15 150; 07-01 07-01 ann 1 8"),
        ["two volume versions reprice on one posting date"] = (Volume,
            "06-30: ann 10 06-30; 07-01: ann 5 07-01; 07-02: bob 1 06-30, bob 1 07-01",
            "06-30 06-30 ann 10 100; 07-01 07-01 ann 5 100; 07-02 06-30 ann 0 -50 repricing; 07-02 07-01 ann 0 -60 repricing; "
            + "07-02 06-30 bob 1 5; 07-02 07-01 bob 1 8"),
        ["a fraction stays with its payee"] = (r => r.Flat("v", Start, Currency.KRW, 0.3m).Round(Rounding.Cumulative),
            "07-01: ann 3 07-01; 07-02: bob 1 07-02; 07-03: ann 1 07-02", "07-01 07-01 ann 3 0; 07-02 07-02 bob 1 0; 07-03 07-02 ann 1 1"),
        ["a fraction is carried to the next month"] = (r => r.Flat("v", Start, Currency.KRW, 0.3m, CounterPeriod.Month).Round(
            Rounding.Cumulative),
            "06-30: ann 2 06-30; 07-01: ann 2 07-01", "06-30 06-30 ann 2 0; 07-01 07-01 ann 2 1"),
        ["a payee's own version prices its late usage"] = (r => r.Flat("v", Start, Currency.KRW, 1m).ForPayee(
            "ann", o => o.Flat("w", Date("07-01"), Currency.KRW, 5m)),
            "06-30: ann 2 06-30; 07-01: ann 2 06-30, ann 2 07-01", "06-30 06-30 ann 2 2; 07-01 06-30 ann 2 2; 07-01 07-01 ann 2 10"),
        ["packages include late usage"] = (r => r.Package("v", Start, Currency.KRW, 10, 7m),
            "07-01: ann 11 07-01; 07-02: ann 9 07-01, ann 1 07-02",
            "07-01 07-01 ann 11 14; 07-02 07-01 ann 9 0; 07-02 07-02 ann 1 7"),
    };

    public static TheoryData<string, int> All =>
        [.. Figures.Keys.SelectMany(name => Enumerable.Range(0, Cuts.Length).Select(cut => new TheoryDataRow<string, int>(name, cut)))];

    protected abstract StoreUnderTest NewStore();

    [Theory]
    [MemberData(nameof(All))]
    public async Task Lines_have_the_worked_figures_for_any_chunk_size_and_verify(string name, int cut)
    {
        var (rates, used, lines) = Figures[name];
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => Cut(s.Rates("video.view", rates), cut));
        var (id, days) = (1, new List<DateOnly>());
        foreach (var close in used.Split("; "))
        {
            days.Add(Date(close[..5]));
            var events = close[7..].Split(", ").Select(u => u.Split(' ')).SelectMany(
                u => Split(Date(u[2]), u[0], long.Parse(u[1], CultureInfo.InvariantCulture), ref id));
            await scenario.LoadAsync([.. events]);
            await scenario.CloseAsync(days[^1]);
        }

        (await scenario.LinesAsync()).Select(Text).Should().Equal(lines.Split("; "));
        foreach (var line in (await scenario.LinesAsync()).Where(l => l.Quantity != 0))
        {
            var why = await scenario.Engine.Lines.ExplainAsync(line.PostingDate, line.Meter, line.ItemId);
            why.Should().AllSatisfy(e => (e.Shares.Sum(s => s.Amount) + e.EarlierUnits).Should().Be(e.Line.Price!.ExactAmount));
        }

        await scenario.CheckAsync(days[0], days[^1]);
        (await scenario.Engine.Verifier.RebuildCountersAsync()).Should().BePositive();
        await scenario.CheckAsync(days[0], days[^1]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    public async Task Rates_of_one_two_and_three_won_in_a_month_sum_to_620_for_usage_of_any_delay(int cut, int late)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => Cut(s.Rates("video.view", r => r
            .Flat("1", Date("06-01"), Currency.KRW, 1m).Flat("2", Date("06-10"), Currency.KRW, 2m)
            .Flat("3", Date("06-20"), Currency.KRW, 3m)), cut));
        var june = Enumerable.Range(0, 30).Select(Date("06-01").AddDays).ToArray();
        foreach (var day in june)
        {
            await scenario.LoadAsync(Scenario.Event(day.DayNumber, day, 10 - late));
            if (late > 0 && day > june[0])
                await scenario.LoadAsync(Scenario.Event(day.DayNumber + 1_000_000, day.AddDays(-1), late));
            await scenario.CloseAsync(day);
        }

        await scenario.LoadAsync(
            Scenario.Event(5, Date("06-20"), 100), Scenario.Event(6, Date("06-20"), -100 + late - (late > 0 ? late : 0)));
        if (late > 0)
            await scenario.LoadAsync(Scenario.Event(7, june[^1], late));
        await scenario.CloseAsync(Date("07-01"));

        (await scenario.LinesAsync()).Where(l => l.UsageDate <= june[^1]).Sum(l => l.Amount).Should().Be(620m);
        await scenario.CheckAsync(june[0], Date("07-01"));
    }

    private static DateOnly Date(string text) => DateOnly.ParseExact($"2024-{text}", "O", CultureInfo.InvariantCulture);

    /// <summary>Splits a quantity into events at several hours, so that chunks divide it.</summary>
    private static UsageEvent[] Split(DateOnly day, string payee, long quantity, ref int id)
    {
        var parts =
            quantity is > 2 or < -2 ? [quantity - (2 * Math.Sign(quantity)), Math.Sign(quantity), Math.Sign(quantity)] : new[] { quantity };
        var first = id;
        id += parts.Length;
        return [.. parts.Select((q, i) => Scenario.Event(first + i, day, q, payee: payee, hour: 1 + (5 * i)))];
    }

    private static string Text(SettlementLine line) => string.Create(
        CultureInfo.InvariantCulture,
        $"{line.PostingDate:MM-dd} {line.UsageDate:MM-dd} {line.PayeeId} {line.Quantity} "
        + $"{line.Amount:0.##}{(line.Kind == LineKind.Usage ? "" : " " + line.Kind.Name())}");

    private static void Cut(SettlementBuilder settlement, int cut) => settlement.Configure(o =>
    {
        (o.ChunkRowsMax, o.PartialsPerItemRange) = (Cuts[cut].Rows, Cuts[cut].Partials);
        o.Pipeline = new Pipelines.PipelineOptions { Workers = Cuts[cut].Workers };
    });
}
