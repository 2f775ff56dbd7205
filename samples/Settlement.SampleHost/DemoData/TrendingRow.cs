namespace Settlement.SampleHost.DemoData;

/// <summary>The cumulative view count of a video on a day, moved as the demo data is.</summary>
internal sealed record TrendingRow(DateOnly Day, string VideoId, string Channel, long CumulativeViews);
