using System.Globalization;
using Settlements;

namespace Settlement.SampleHost.Languages;

/// <summary>
/// Figures, money, days and instants as people of the request's language write them. Written out here, so that they are the same on machines
/// with and without the ICU library. Instants are shown in the calendar's zone, never the machine's. Thread-safe.
/// </summary>
internal sealed class Shown(Words words, BusinessCalendar calendar)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(calendar.TimeZoneId);

    private static bool IsKorean => Words.Language == Words.Korean;

    /// <summary>The zone that days and instants are of.</summary>
    public string Zone => calendar.TimeZoneId;

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Won, with every decimal that the amount has and no more.</summary>
    public static string Won(decimal amount)
    {
        var digits = Math.Abs(amount).ToString("#,0.######", CultureInfo.InvariantCulture);
        var sign = amount < 0 ? "−" : "";
        return IsKorean ? $"{sign}{digits}원" : $"{sign}₩{digits}";
    }

    /// <summary>Won where there is little room: rounded, for axes only.</summary>
    public string ShortWon(decimal amount) => IsKorean ? $"{ShortNumber(amount)}원" : $"₩{ShortNumber(amount)}";

    /// <summary>A number where there is little room: rounded, for axes only. Korean counts in 10,000s.</summary>
    public string ShortNumber(decimal number)
    {
        (decimal Unit, string Name)[] units = IsKorean
            ? [(100_000_000, "number.eok"), (10_000, "number.man")]
            : [(1_000_000_000, "number.billion"), (1_000_000, "number.million"), (1_000, "number.thousand")];
        foreach (var (unit, name) in units)
        {
            if (Math.Abs(number) >= unit)
                return words[name, (number / unit).ToString("#,0.##", CultureInfo.InvariantCulture)];
        }

        return number.ToString("#,0.##", CultureInfo.InvariantCulture);
    }

    public static string Day(DateOnly day) => day.ToString(IsKorean ? "yyyy'년 'M'월 'd'일'" : "d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>A day where its month and year are known.</summary>
    public static string ShortDay(DateOnly day) => day.ToString(IsKorean ? "M'. 'd'.'" : "d MMM", CultureInfo.InvariantCulture);

    public static string Month(DateOnly day) => day.ToString(IsKorean ? "yyyy'년 'M'월'" : "MMMM yyyy", CultureInfo.InvariantCulture);

    public string Days(DateOnly first, DateOnly last) => first == last ? Day(first) : words["days.range", Day(first), Day(last)];

    /// <summary>A period by its name: a day, a week from its Monday to its Sunday, a month.</summary>
    public string Period(CalendarPeriod period, DateOnly first, DateOnly last) =>
        period == CalendarPeriod.Month ? Month(first) : Days(first, last);

    public string Instant(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, _zone);
        return string.Create(CultureInfo.InvariantCulture, $"{Day(DateOnly.FromDateTime(local.DateTime))} {local:HH:mm:ss}");
    }

    /// <summary>As a player's clock: 5:07, 1:02:03.</summary>
    public static string Clock(decimal seconds)
    {
        var time = TimeSpan.FromSeconds((double)Math.Floor(seconds));
        return time < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
    }

    /// <summary>How long was watched, in the two largest units that matter.</summary>
    public string Watched(long seconds) => Math.Abs(seconds) switch
    {
        < 60 => words["time.seconds", seconds],
        < 3_600 => words["time.minutes", seconds / 60, seconds % 60],
        _ => words["time.hours", Number(seconds / 3_600), seconds % 3_600 / 60],
    };
}
