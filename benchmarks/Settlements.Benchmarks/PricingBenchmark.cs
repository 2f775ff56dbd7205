using BenchmarkDotNet.Attributes;

namespace Settlements.Benchmarks;

/// <summary>Measures pricing a line. The peer is a hand-written loop over tiers.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class PricingBenchmark
{
    private static readonly (long From, long? UpTo, decimal Price)[] Tiers =
        [(1, 99_999, 1m), (100_000, 499_999, 1.1m), (500_000, 999_999, 1.3m), (1_000_000, null, 1.5m)];

    private readonly RateTable _table = RateTable.GraduatedSpans(Tiers);

    /// <summary>Quantities within a tier, across all four tiers, and of a correction.</summary>
    [Params("550000-550123", "50000-1150000", "550000-499000")]
    public string Line { get; set; } = "";

    private long Before { get; set; }

    private long After { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var ends = Line.Split('-');
        (Before, After) = (long.Parse(ends[0], null), long.Parse(ends[1], null));
    }

    [Benchmark]
    public decimal Graduated() => _table.PriceBetween(Before, After);

    [Benchmark(Baseline = true)]
    public decimal LoopOverTiers()
    {
        var (low, high) = (Math.Min(Before, After), Math.Max(Before, After));
        var price = 0m;
        foreach (var tier in Tiers)
        {
            var first = Math.Max(low + 1, tier.From);
            var last = Math.Min(high, tier.UpTo ?? high);
            if (first <= last)
                price += (last - first + 1) * tier.Price;
        }

        return After < Before ? -price : price;
    }
}
