using System.Globalization;
using Settlements.Pipelines;

namespace Settlements.Testing;

/// <summary>
/// Contract tests of culture independence: results don't depend on the culture's signs, decimal separators or calendar (2024 is 2567 in
/// Thailand, 1445 in Saudi Arabia).
/// </summary>
public abstract class CultureContract
{
    private static readonly string[] Cultures = ["en-US", "de-DE", "ar-SA", "th-TH", "sv-SE"];

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task Closes_and_their_fingerprints_are_the_same_under_every_culture()
    {
        var invariant = await RunAsync("");
        foreach (var culture in Cultures)
            (await RunAsync(culture)).Should().Be(invariant, "of {0}", culture);
        invariant.Should().Contain("2024-07-03");
    }

    [Fact]
    public async Task An_instance_of_another_culture_resumes_a_run_instead_of_abandoning_it()
    {
        await using var store = NewStore();
        await using (var scenario = await StartAsync(store, "en-US"))
        {
            await scenario.LoadAsync(
                [.. Enumerable.Range(1, 9).Select(i => Scenario.Event(i, Scenario.Monday.AddDays(i % 3), i % 2 == 0 ? -i : 100 * i))]);
            await scenario.CloseAsync(Scenario.Monday);
        }

        // The state that an instance leaves that stopped during the close.
        foreach (var (culture, day) in Cultures.Skip(1).Zip(
            [Scenario.Monday.AddDays(1), Scenario.Monday.AddDays(2), Scenario.Monday.AddDays(3)]))
        {
            using var stop = new CancellationTokenSource();
            await using (var stopped = await StartAsync(store, "en-US"))
            {
                await stopped.Invoking(s => s.Engine.Days.CloseThroughAsync(day, new StopAtFirst(stop), stop.Token))
                    .Should().ThrowAsync<OperationCanceledException>();
            }

            await using var scenario = await StartAsync(store, culture);
            scenario.Clock.Advance(TimeSpan.FromHours(1));
            await scenario.CloseAsync(day);
            (await scenario.Engine.Pipelines.ListRunsAsync(10)).Should().AllSatisfy(run => run.State.Should().Be(RunState.Completed));
        }
    }

    private async Task<string> RunAsync(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            await using var subject = new SmallSettlement(NewStore());
            await subject.RunAsync(FaultPlan.CountOnly(), CancellationToken.None);
            return await subject.DumpAsync(CancellationToken.None);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static Task<Scenario> StartAsync(StoreUnderTest store, string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        return Scenario.StartAsync(store, s =>
        {
            Scenario.UsualRates(s);
            s.Configure(o => (o.ChunkRowsMax, o.Pipeline) = (1, new PipelineOptions { Workers = 1 }));
        });
    }

    private sealed class StopAtFirst(CancellationTokenSource stop) : IProgress<CloseProgress>
    {
        public void Report(CloseProgress value) => stop.Cancel();
    }
}
