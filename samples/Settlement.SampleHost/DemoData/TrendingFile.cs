using System.Globalization;
using System.Reflection;
using System.Text;

namespace Settlement.SampleHost.DemoData;

/// <summary>Reads the bundled file, ordered by day. README.md in this folder describes its content and origin.</summary>
internal static class TrendingFile
{
    public const string Name = "trending-us-2017.csv";

    public static readonly DateOnly FirstDay = new(2017, 9, 13);
    public static readonly DateOnly LastDay = new(2017, 10, 22);

    /// <summary>Reads all rows, with their days moved.</summary>
    public static IReadOnlyList<TrendingRow> Read(DemoDays days)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        reader.ReadLine();
        var rows = new List<TrendingRow>(8_000);
        while (reader.ReadLine() is { } line)
            rows.Add(Parse(line, days.ShiftDays));
        return rows;
    }

    // Only the channel may be quoted, and no field contains a line break.
    private static TrendingRow Parse(string line, int shiftDays)
    {
        var afterDay = line.IndexOf(',', StringComparison.Ordinal);
        var afterVideo = line.IndexOf(',', afterDay + 1);
        var afterChannel = line.LastIndexOf(',');
        var channel = line[(afterVideo + 1)..afterChannel];
        if (channel.StartsWith('"'))
            channel = channel[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
        return new TrendingRow(
            DateOnly.ParseExact(line.AsSpan(0, afterDay), "yyyy-MM-dd", CultureInfo.InvariantCulture).AddDays(shiftDays),
            line[(afterDay + 1)..afterVideo],
            channel,
            long.Parse(line.AsSpan(afterChannel + 1), CultureInfo.InvariantCulture));
    }
}
