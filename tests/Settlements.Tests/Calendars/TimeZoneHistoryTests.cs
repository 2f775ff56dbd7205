using NodaTime;
using NodaTime.Extensions;

namespace Settlements.Tests.Calendars;

/// <summary>The calendar against NodaTime, an independent implementation with time zone data of its own.</summary>
public sealed class TimeZoneHistoryTests
{
    private static readonly Instant From = Instant.FromUtc(1975, 1, 1, 0, 0);
    private static readonly Instant To = Instant.FromUtc(2023, 12, 31, 0, 0);

    [Fact]
    public void Every_zones_days_start_where_NodaTime_says()
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

                // The two carry time zone data of different years, and the data's past gets corrected: where they don't even agree on
                // the offsets around a midnight, they can't agree on when the day starts.
                if (OffsetsAgree(noda, bcl, date))
                    wrong.Add($"{id} {date}: NodaTime {expected}, calendar {actual:O}");
                else
                    excluded++;
            }
        }

        wrong.Should().BeEmpty();
        TestContext.Current.TestOutputHelper?.WriteLine($"{compared} days compared, {excluded} left out");
        compared.Should().BeGreaterThan(150_000);
        excluded.Should().BeLessThan(compared / 100, "the overwhelming majority has to agree");
    }

    private static bool IsKnownHere(string id) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId;

    /// <summary>The days around each change of the zone's clocks, and the 1st of each quarter.</summary>
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
            // The zone left the whole day out: it is empty, where the next day starts.
            return StartOf(zone, date.PlusDays(1));
        }
    }
}
