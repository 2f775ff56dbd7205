namespace Settlements.Cli;

/// <summary>A period, and how much of it is closed: its figures are those of these days.</summary>
internal sealed record PublishedPeriod(CalendarPeriod Period, DateRange Days, int PublishedDays)
{
    /// <summary>Whether every day of the period is closed.</summary>
    public bool IsComplete => PublishedDays == Days.Days;

    public static async Task<PublishedPeriod> FindAsync(Session session, CalendarPeriod period, DateOnly date,
        CancellationToken cancellationToken)
    {
        var days = session.Calendar.PeriodOf(date, period);
        var published = await session.Engine.Days.ListPublishedAsync(days, cancellationToken);
        return new PublishedPeriod(period, days, published.Count);
    }

    public override string ToString()
    {
        var days = Period == CalendarPeriod.Day ? Text.Days(Days) : $"{Period.ToString().ToLowerInvariant()} {Text.Days(Days)}";
        return PublishedDays == Days.Days ? days : $"{days} ({PublishedDays} of {Text.Count(Days.Days, "day", "days")} closed)";
    }
}
