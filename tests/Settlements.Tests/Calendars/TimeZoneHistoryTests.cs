using NodaTime;
using NodaTime.Extensions;

namespace Settlements.Tests.Calendars;

/// <summary>Compares the calendar with NodaTime, an independent implementation with separate time zone data.</summary>
public sealed class TimeZoneHistoryTests
{
    private static readonly Instant From = Instant.FromUtc(1975, 1, 1, 0, 0);
    private static readonly Instant To = Instant.FromUtc(2023, 12, 31, 0, 0);

    [Fact]
    public void The_days_of_every_zone_start_at_the_instants_of_NodaTime()
    {
        var (compared, excluded, wrong) = (0, 0, new List<string>());
        foreach (var id in DateTimeZoneProviders.Tzdb.Ids.Where(IsKnownHere))
        {
            var noda = DateTimeZoneProviders.Tzdb[id];
            var bcl = TimeZoneInfo.FindSystemTimeZoneById(id);
            var calendar = new BusinessCalendar(id);
            foreach (var date in DatesOfInterest(noda))
            {
                compared++;
                var (expected, actual) = (StartOf(noda, date), calendar.RangeOf(date.ToDateOnly()).Start);
                if (expected == actual.ToInstant())
                    continue;

                // Both have time zone data of different releases, and releases correct past data: days whose offsets around midnight differ
                // are not comparable.
                if (OffsetsAgree(noda, bcl, date))
                    wrong.Add($"{id} {date}: NodaTime {expected}, calendar {actual:O}");
                else
                    excluded++;
            }
        }

        wrong.Should().BeEmpty();
        TestContext.Current.TestOutputHelper?.WriteLine($"{compared} days compared, {excluded} left out");
        compared.Should().BeGreaterThan(150_000);
        excluded.Should().BeLessThan(compared / 100, "nearly all days have to be comparable");
    }

    private static bool IsKnownHere(string id) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId;

    /// <summary>Returns the days around each clock change of a zone and the first day of each quarter.</summary>
    private static SortedSet<LocalDate> DatesOfInterest(DateTimeZone zone)
    {
        var dates = new SortedSet<LocalDate>();
        foreach (var interval in zone.GetZoneIntervals(From, To).Skip(1))
        {
            for (var day = -1; day <= 1; day++)
                dates.Add(interval.Start.InUtc().Date.PlusDays(day));
        }

        for (var month = new LocalDate(1975, 1, 1); month.Year <= 2023; month = month.PlusMonths(3))
            dates.Add(month);
        return dates;
    }

    private static bool OffsetsAgree(DateTimeZone noda, TimeZoneInfo bcl, LocalDate date)
    {
        var midnight = date.AtMidnight().InUtc().ToInstant();
        for (var minutes = -16 * 60; minutes <= 16 * 60; minutes += 15)
        {
            var instant = midnight.Plus(NodaTime.Duration.FromMinutes(minutes));
            if (noda.GetUtcOffset(instant).ToTimeSpan() != bcl.GetUtcOffset(instant.ToDateTimeUtc()))
                return false;
        }

        return true;
    }

    private static Instant StartOf(DateTimeZone zone, LocalDate date)
    {
        try
        {
            return zone.AtStartOfDay(date).ToInstant();
        }
        catch (SkippedTimeException)
        {
            // The zone skipped the day: it is empty and starts where the next one does.
            return StartOf(zone, date.PlusDays(1));
        }
    }
}
