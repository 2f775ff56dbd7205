using System.Data.Common;
using Microsoft.Extensions.Time.Testing;
using Settlements.Stores;

namespace Settlements.Tests.Stores;

public sealed class RetryTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(4, 16)]
    [InlineData(5, 30)]
    [InlineData(100, 30)]
    [InlineData(5_000, 30)]
    public void A_delay_doubles_up_to_thirty_times_the_first_with_50_percent_jitter(int attempt, int factor)
    {
        var first = TimeSpan.FromMilliseconds(100);
        var waits = Enumerable.Range(0, 200).Select(_ => Backoff.OfRetries(first).DelayAfter(attempt)).ToList();
        waits.Should().AllSatisfy(wait => wait
            .Should().BeGreaterThanOrEqualTo(first * factor * 0.5).And.BeLessThanOrEqualTo(first * factor * 1.5));
        waits.Distinct().Should().HaveCountGreaterThan(100, "instances that collided once must not collide again");
    }

    [Fact]
    public void With_a_first_delay_of_zero_all_delays_are_zero() =>
        Backoff.OfRetries(TimeSpan.Zero).DelayAfter(7).Should().Be(TimeSpan.Zero);

    [Fact]
    public async Task Transient_errors_are_retried_up_to_the_limit_and_the_last_one_is_thrown()
    {
        var (attempts, retries) = (0, new List<int>());
        var retry = new Retry(retriesMax: 2, Backoff.OfRetries(TimeSpan.Zero), TimeProvider.System);
        var thrown = await retry.Invoking(r => r.RunAsync<int>(
            _ => throw new StoreError(isTransient: true, ++attempts), TestContext.Current.CancellationToken, (_, number) =>
                retries.Add(number)))
            .Should().ThrowAsync<StoreError>();
        thrown.Which.Message.Should().Be("3");
        (attempts, string.Join(' ', retries)).Should().Be((3, "1 2"));
    }

    [Fact]
    public async Task Errors_that_are_not_transient_are_thrown_without_retry()
    {
        var attempts = 0;
        var retry = new Retry(retriesMax: 2, Backoff.OfRetries(TimeSpan.Zero), TimeProvider.System);
        await retry.Invoking(r => r.RunAsync<int>(_ =>
            throw new StoreError(isTransient: false, ++attempts), TestContext.Current.CancellationToken))
            .Should().ThrowAsync<StoreError>();
        attempts.Should().Be(1);
    }

    [Fact]
    public async Task A_delay_uses_the_clock_and_ends_on_cancellation()
    {
        var clock = new FakeTimeProvider();
        var attempts = 0;
        using var stop = new CancellationTokenSource();
        var retry = new Retry(retriesMax: 5, Backoff.OfRetries(TimeSpan.FromSeconds(1)), clock);
        var running = retry.RunAsync<int>(_ => throw new StoreError(isTransient: true, ++attempts), stop.Token);
        attempts.Should().Be(1, "the first delay is 0.5 to 1.5 s");
        clock.Advance(TimeSpan.FromMilliseconds(400));
        attempts.Should().Be(1);
        await stop.CancelAsync();
        await running.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
        attempts.Should().Be(1);
    }

    private sealed class StoreError(bool isTransient, int attempt) : DbException(FormattableString.Invariant($"{attempt}"))
    {
        public override bool IsTransient => isTransient;
    }
}
