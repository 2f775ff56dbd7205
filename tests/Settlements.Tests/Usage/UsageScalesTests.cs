using System.Text;
using Settlements.Stores;

namespace Settlements.Tests.Usage;

/// <summary>Sums of scaled meters are exact, and a line is rounded down once.</summary>
public sealed class UsageScalesTests
{
    private static readonly SourceDay Day = new(
        new DateOnly(2024, 7, 1), new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), []);

    [Theory]
    [InlineData(4500, 4)]
    [InlineData(999, 0)]
    [InlineData(-1, -1)]
    [InlineData(-1000, -1)]
    [InlineData(-1001, -2)]
    public void A_sum_is_rounded_down(long sum, long quantity)
    {
        var scales = new UsageScales([new Source("ms", new SourceMeter("seconds", "d", null, null) { Per = 1000 })]);

        scales.ToQuantity("seconds", sum).Should().Be(quantity);
        scales.ToQuantity("views", sum).Should().Be(sum);
        scales.ToSum("seconds", quantity).Should().Be(quantity * 1000);
    }

    [Theory]
    [InlineData("seconds", 4, 4500, 1, true)]
    [InlineData("seconds", 4, 4999, 1, true)]
    [InlineData("seconds", 4, 5000, 1, false)]
    [InlineData("seconds", 4, 5998, 2, true)]
    [InlineData("seconds", 4, 3999, 1, false)]
    [InlineData("views", 4, 4, 1, true)]
    [InlineData("views", 4, 5, 1, false)]
    public void Quantities_add_up_to_a_sum_with_less_than_a_unit_for_each(string meter, int quantity, int sum, int count, bool expected) =>
        new UsageScales([new Source("ms", new SourceMeter("seconds", "d", null, null) { Per = 1000 })])
            .AddUp(meter, quantity, sum, count).Should().Be(expected);

    [Fact]
    public async Task Sources_of_several_units_are_added_in_the_smallest_one()
    {
        var milliseconds = new Source("ms", new SourceMeter("seconds", "d", null, null) { Per = 1000, HasValues = true });
        var tenths = new Source("tenths", new SourceMeter("seconds:KR", "d", null, null) { Per = 10 });
        var events = new Source("events");
        var scales = new UsageScales([milliseconds, tenths]);
        var totals = new SumAccumulator();

        foreach (var source in (Source[])[milliseconds, tenths, events])
            await scales.SumAsync(new CountedSource(source, Day), null, totals, default);

        totals.Count.Should().Be(1);
        totals.Read(0).Quantity.Should().Be(7 + 7 * 100 + 7 * 1000);
        totals.Controls.Should().ContainSingle().Which.Quantity.Should().Be(7 + 7 * 100 + 7 * 1000);
        scales.ToQuantities(totals).Read(0).Quantity.Should().Be(7);
        scales.Errors().Should().BeEmpty();
    }

    [Fact]
    public void Units_that_are_no_multiples_of_each_other_are_refused()
    {
        var scales = new UsageScales([
            new Source("a", new SourceMeter("seconds", "d", null, null) { Per = 1000 }),
            new Source("b", new SourceMeter("seconds", "d", null, null) { Per = 60 }),
        ]);

        scales.Errors().Should().ContainSingle().Which.Should().Match("Meter 'seconds' is summed per 1000*per 60*multiples*");
    }

    /// <summary>A source whose only sum is 7 of meter <c>seconds:KR</c>.</summary>
    private sealed class Source(string name, params SourceMeter[] meters) : IUsageSource
    {
        public string Name => name;

        public IReadOnlyList<SourceMeter> Meters => meters;

        public Task<string> IdentifyAsync(CancellationToken cancellationToken) => Task.FromResult(name);

        public Task ValidateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) =>
            Task.FromResult<DateTimeOffset?>(null);

        public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<SourceSlice>>([]);

        public Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
        {
            totals.Add(Encoding.UTF8.GetBytes("seconds:KR"), "v1"u8, "ann"u8, 0, 7);
            return Task.FromResult(1L);
        }
    }
}
