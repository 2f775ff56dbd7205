namespace Settlements.Cli;

/// <summary>A calendar period with its number of published days, which its figures are computed from.</summary>
internal sealed record PublishedPeriod(CalendarPeriod Period, DateRange Days, int PublishedDays)
{
    /// <summary>Whether every day of the period is closed.</summary>
    public bool IsComplete => PublishedDays == Days.Days;

    public static async Task<PublishedPeriod> FindAsync(CommandContext context, CalendarPeriod period, DateOnly date,
        CancellationToken cancellationToken)
    {
        var days = context.Calendar.PeriodOf(date, period);
        var published = await context.Engine.Days.ListPublishedAsync(days, cancellationToken);
        return new PublishedPeriod(period, days, published.Count);
    }

    public override string ToString()
    {
        var days = Period == CalendarPeriod.Day ? Text.Days(Days) : $"{Period.ToString().ToLowerInvariant()} {Text.Days(Days)}";
        return PublishedDays == Days.Days ? days : $"{days} ({PublishedDays} of {Text.Count(Days.Days, "day", "days")} closed)";
    }
}
