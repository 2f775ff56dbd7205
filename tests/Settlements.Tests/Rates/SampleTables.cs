namespace Settlements.Tests.Rates;

/// <summary>The tables of the sample host, and tables made from what a property test is given.</summary>
internal static class SampleTables
{
    public static RateTable VideoView { get; } = RateTable.Graduated((99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m));

    public static RateTable AdView { get; } = RateTable.Graduated((99_999, 10m), (499_999, 12m), (999_999, 15m), (null, 20m));

    /// <summary>Tiers of the widths and the prices (in thousandths) given; the last one open.</summary>
    public static RateTier[] Tiers(byte[] widths, ushort lastPrice)
    {
        var end = 0L;
        return
        [
            .. widths.Take(12).Select((width, index) => new RateTier(end += (width % 20) + 1, ((width * 37) + index) % 5000 / 1000m)),
            new RateTier(null, lastPrice / 1000m),
        ];
    }

    /// <summary>A table of any of the four modes.</summary>
    public static RateTable Any(byte mode, byte[] widths, ushort price) => (RateMode)(mode % 4) switch
    {
        RateMode.Graduated => RateTable.Graduated(Tiers(widths, price)),
        RateMode.Volume => RateTable.Volume(Tiers(widths, price)),
        RateMode.Flat => RateTable.Flat(price / 1000m),
        _ => RateTable.Package(widths.FirstOrDefault((byte)7) + 1, price / 1000m),
    };
}
