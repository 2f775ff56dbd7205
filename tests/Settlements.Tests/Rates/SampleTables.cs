namespace Settlements.Tests.Rates;

/// <summary>The rate tables of the sample host, and tables built from the input of property tests.</summary>
internal static class SampleTables
{
    public static RateTable VideoView { get; } = RateTable.Graduated((99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m));

    public static RateTable AdView { get; } = RateTable.Graduated((99_999, 10m), (499_999, 12m), (999_999, 15m), (null, 20m));

    /// <summary>Builds tiers of the given widths and prices, in thousandths; the last tier is open.</summary>
    public static RateTier[] Tiers(byte[] widths, ushort lastPrice)
    {
        var end = 0L;
        return
        [
            .. widths.Take(12).Select((width, index) => new RateTier(end += (width % 20) + 1, ((width * 37) + index) % 5000 / 1000m)),
            new RateTier(null, lastPrice / 1000m),
        ];
    }

    /// <summary>Builds a table of one of the four models.</summary>
    public static RateTable Any(byte mode, byte[] widths, ushort price) => (RateMode)(mode % 4) switch
    {
        RateMode.Graduated => RateTable.Graduated(Tiers(widths, price)),
        RateMode.Volume => RateTable.Volume(Tiers(widths, price)),
        RateMode.Flat => RateTable.Flat(price / 1000m),
        _ => RateTable.Package(widths.FirstOrDefault((byte)7) + 1, price / 1000m),
    };
}
