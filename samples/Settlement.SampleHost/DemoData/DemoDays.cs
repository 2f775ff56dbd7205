namespace Settlement.SampleHost.DemoData;

/// <summary>The days of the demo data in a database: those of the file, moved by a number of days.</summary>
/// <param name="ShiftDays">The number of days, 0 or more.</param>
internal sealed record DemoDays(int ShiftDays)
{
    public DateOnly First => TrendingFile.FirstDay.AddDays(ShiftDays);

    public DateOnly Last => TrendingFile.LastDay.AddDays(ShiftDays);
}
