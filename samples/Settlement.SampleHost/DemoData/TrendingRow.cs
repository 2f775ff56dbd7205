namespace Settlement.SampleHost.DemoData;

/// <summary>A video's count as it was read on a day.</summary>
internal sealed record TrendingRow(DateOnly Day, string VideoId, string Channel, long CumulativeViews);
