using Settlements.Pipelines;

namespace Settlements.Testing;

/// <summary>Contract test of estimates and crashes: a crash at any statement of a refresh leaves the old estimate or the new one.</summary>
public abstract class EstimateCrashContract
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    protected abstract StoreUnderTest NewStore();

    /// <summary>The statement interval of a short run.</summary>
    protected virtual int ShortInterval => 13;

    [Fact]
    public async Task A_crash_at_any_statement_of_a_refresh_leaves_the_old_or_the_new_estimate()
    {
        var report = await CrashTest.RunAsync(
            () => new Subject(NewStore()), IsLong ? 1 : ShortInterval, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        report.Statements.Should().BeGreaterThan(50);
        report.CrashPoints.Should().BeGreaterThan((IsLong ? 5 : 4) * report.Statements / (IsLong ? 1 : ShortInterval));
    }

    /// <summary>An old estimate, then a refresh with faults. The state is that of the estimate and of its rows.</summary>
    private sealed class Subject(StoreUnderTest store) : ICrashSubject
    {
        private static readonly string[] Old = ["2024-07-01 a 5", "2024-07-02 a 7"];

        private static readonly string[] New = ["2024-07-01 a 5", "2024-07-02 a 18", "2024-07-02 b 4"];

        private int _starts;

        public async Task RunAsync(FaultPlan faults, CancellationToken cancellationToken)
        {
            var tuesday = Scenario.Monday.AddDays(1);
            await using var plain = await Scenario.StartAsync(store, Configure);
            if (_starts == 0)
            {
                await plain.LoadAsync(Scenario.Event(1, Scenario.Monday, 5, "a"), Scenario.Event(2, tuesday, 7, "a"));
                await plain.Engine.Estimates.RefreshAsync(Scenario.Instant(tuesday, 13), cancellationToken: cancellationToken);
                await plain.LoadAsync(Scenario.Event(3, tuesday, 11, "a"), Scenario.Event(4, tuesday, 4, "b"));
            }

            // A restarted process starts later: the leases of the stopped one have expired.
            await using var scenario = await Scenario.StartAsync(store, Configure, use: settlement => store.Use(settlement, faults));
            scenario.Clock.Advance(TimeSpan.FromMinutes(1) * _starts++);
            try
            {
                await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(tuesday, 13 + _starts), cancellationToken: cancellationToken);
            }
            catch (Exception) when (faults.IsInjected)
            {
                var lines = await LinesAsync(plain);
                (lines.SequenceEqual(Old) || lines.SequenceEqual(New)).Should().BeTrue("the estimate is {0}", string.Join(", ", lines));
                throw;
            }
        }

        public async Task<string> DumpAsync(CancellationToken cancellationToken)
        {
            await using var scenario = await Scenario.StartAsync(store, Configure);
            (await LinesAsync(scenario)).Should().Equal(New);
            return string.Join(
                '\n',
                (await store.ReadAsync("SELECT count(*) FROM settlement_lines"))
                    .Concat(await store.ReadAsync("SELECT count(*) FROM partial_sums"))
                    .Concat(await store.ReadAsync("SELECT count(*) FROM control_totals"))
                    .Concat(await store.ReadAsync("SELECT count(*) FROM item_counters"))
                    .Concat(await store.ReadAsync("SELECT count(*) FROM business_days")));
        }

        public ValueTask DisposeAsync() => store.DisposeAsync();

        private static async Task<List<string>> LinesAsync(Scenario scenario)
        {
            var lines = new List<string>();
            var days = new DateRange(Scenario.Monday, Scenario.Monday.AddDays(1));
            await foreach (var line in scenario.Engine.Estimates.ReadLinesAsync(days))
                lines.Add(FormattableString.Invariant($"{line.PostingDate:O} {line.ItemId} {line.Quantity}"));
            return lines;
        }

        private static void Configure(SettlementBuilder settlement)
        {
            Scenario.UsualRates(settlement);
            settlement.Configure(o =>
            {
                (o.ChunkRowsMax, o.PartialsPerItemRange) = (2, 1);
                o.Pipeline = new PipelineOptions { Workers = 1, RetryDelay = TimeSpan.Zero, RetriesMax = 2 };
            });
        }
    }
}
