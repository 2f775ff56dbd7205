using Settlement.SampleHost.Reports;
using Settlements;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>The cache of the estimate of all payees.</summary>
public sealed class OpenEstimateTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_estimate_of_all_payees_is_summed_again_after_ten_seconds()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var estimates = platform.Service<OpenEstimates>();
        await AddAsync(platform, 1);
        var period = await platform.Service<Periods>().ReadAsync("day", "2026-03-10", Cancelled);
        (await ViewsAsync()).Should().Be(1);
        await AddAsync(platform, 2, advances: false);

        platform.Clock.Advance(TimeSpan.FromMilliseconds(9_999));
        (await ViewsAsync()).Should().Be(1);
        platform.Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await ViewsAsync()).Should().Be(2);

        async Task<long?> ViewsAsync() => (await estimates.ReadAsync(null, null, period, Cancelled))?.Views;
    }

    [Fact]
    public async Task A_cached_estimate_is_returned_without_waiting_for_others_that_are_summed()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var estimates = platform.Service<OpenEstimates>();
        await AddAsync(platform, 1);
        var period = await platform.Service<Periods>().ReadAsync("day", "2026-03-10", Cancelled);
        var summed = await estimates.ReadAsync(null, null, period, Cancelled);

        // A wait for the others would be cancelled at once.
        var cached = await estimates.ReadAsync(null, null, period, new CancellationToken(canceled: true));

        cached.Should().NotBeNull().And.BeSameAs(summed);
    }

    [Fact]
    public async Task Concurrent_readers_share_one_sum()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var estimates = platform.Service<OpenEstimates>();
        await AddAsync(platform, 1);
        var period = await platform.Service<Periods>().ReadAsync("day", "2026-03-10", Cancelled);

        var read = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => estimates.ReadAsync(null, null, period, Cancelled), Cancelled)));

        read.Should().OnlyContain(estimate => ReferenceEquals(estimate, read[0])).And.NotContainNulls();
    }

    /// <summary>Adds an event and estimates.</summary>
    private static async Task AddAsync(PlatformUnderTest platform, int id, bool advances = true)
    {
        var engine = platform.Service<SettlementEngine>();
        await engine.Events.LoadAsync(
            new[]
            {
                new UsageEvent(Guid.Parse(SampleProgram.Id(id)), PlatformUnderTest.Noon, PlatformMeters.Views, $"v{id}", "ann", 1),
            }.ToAsyncEnumerable(),
            cancellationToken: Cancelled);
        if (advances)
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await engine.Estimates.RefreshAsync(platform.Clock.GetUtcNow(), cancellationToken: Cancelled);
    }
}
