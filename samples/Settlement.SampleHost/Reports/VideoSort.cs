namespace Settlement.SampleHost.Reports;

/// <summary>The figure that orders the videos of a settlement, highest first; ties by id.</summary>
public enum VideoSort
{
    Total = 0,
    Views = 1,
    VideoAmount = 2,
    AdViews = 3,
    AdAmount = 4,
}
