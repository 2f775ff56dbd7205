using System.Globalization;
using Settlement.SampleHost.Reports;
using Settlements;

namespace Settlement.SampleHost.Languages;

/// <summary>
/// Formats numbers, money, days and instants for display in the request's language. Implemented without ICU, so that the output is the same
/// on all machines. Instants are displayed in the calendar's time zone. Thread-safe.
/// </summary>
internal sealed class DisplayFormat(JsonStringLocalizer texts, BusinessCalendar calendar)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(calendar.TimeZoneId);

    private static bool IsKorean => JsonStringLocalizer.Language == JsonStringLocalizer.Korean;

    /// <summary>The time zone of displayed days and instants.</summary>
    public string Zone => calendar.TimeZoneId;

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Formats an amount of won with exactly the decimals that it has.</summary>
    public static string Won(decimal amount)
    {
        var digits = Math.Abs(amount).ToString("#,0.######", CultureInfo.InvariantCulture);
        var sign = amount < 0 ? "−" : "";
        return IsKorean ? $"{sign}{digits}원" : $"{sign}₩{digits}";
    }

    /// <summary>Formats a difference of amounts of won, with its sign.</summary>
    public static string SignedWon(decimal amount) => (amount > 0 ? "+" : "") + Won(amount);

    /// <summary>Formats an amount of won in short form, rounded: for chart axes only.</summary>
    public string ShortWon(decimal amount) => IsKorean ? $"{ShortNumber(amount)}원" : $"₩{ShortNumber(amount)}";

    /// <summary>Formats a number in short form, rounded: for chart axes only. Korean units are 만 (10,000) and 억 (100,000,000).</summary>
    public string ShortNumber(decimal number)
    {
        (decimal Unit, string Name)[] units = IsKorean
            ? [(100_000_000, "number.eok"), (10_000, "number.man")]
            : [(1_000_000_000, "number.billion"), (1_000_000, "number.million"), (1_000, "number.thousand")];
        foreach (var (unit, name) in units)
        {
            if (Math.Abs(number) >= unit)
                return texts[name, (number / unit).ToString("#,0.##", CultureInfo.InvariantCulture)];
        }

        return number.ToString("#,0.##", CultureInfo.InvariantCulture);
    }

    public static string Day(DateOnly day) =>
        day.ToString(IsKorean ? "yyyy'년 'M'월 'd'일'" : "d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>Formats a day without its year.</summary>
    public static string ShortDay(DateOnly day) => day.ToString(IsKorean ? "M'. 'd'.'" : "d MMM", CultureInfo.InvariantCulture);

    public static string Month(DateOnly day) => day.ToString(IsKorean ? "yyyy'년 'M'월'" : "MMMM yyyy", CultureInfo.InvariantCulture);

    public string Days(DateOnly first, DateOnly last) => first == last ? Day(first) : texts["days.range", Day(first), Day(last)];

    /// <summary>Formats a period: a day, a week from Monday to Sunday, a month, or a range of days.</summary>
    public string Period(ReportPeriodKind period, DateOnly first, DateOnly last) =>
        period == ReportPeriodKind.Month ? Month(first) : Days(first, last);

    public string Instant(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, _zone);
        return string.Create(CultureInfo.InvariantCulture, $"{Day(DateOnly.FromDateTime(local.DateTime))} {local:HH:mm:ss}");
    }

    /// <summary>Formats the time of day of an instant: 14:05.</summary>
    public string Time(DateTimeOffset instant) =>
        TimeZoneInfo.ConvertTime(instant, _zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Formats a playback position: 5:07, 1:02:03.</summary>
    public static string Clock(decimal seconds)
    {
        var time = TimeSpan.FromSeconds((double)Math.Floor(seconds));
        return time < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
    }

    /// <summary>
    /// Formats the duration of an operation: in milliseconds below 1 second, in seconds below 10, then in its two largest units.
    /// </summary>
    public string Duration(TimeSpan duration) => duration.TotalMilliseconds switch
    {
        < 1 => texts["time.underMillisecond"],
        < 1_000 => texts["time.milliseconds", (long)duration.TotalMilliseconds],
        < 10_000 => texts["time.seconds", (Math.Floor(duration.TotalSeconds * 10) / 10).ToString("0.0", CultureInfo.InvariantCulture)],
        _ => Watched((long)duration.TotalSeconds),
    };

    /// <summary>Formats a watched duration in its two largest units; from 100 hours on in whole hours.</summary>
    public string Watched(long seconds) => Math.Abs(seconds) switch
    {
        < 60 => texts["time.seconds", seconds],
        < 3_600 => texts["time.minutes", seconds / 60, seconds % 60],
        < 360_000 => texts["time.hours", Number(seconds / 3_600), seconds % 3_600 / 60],
        _ => texts["time.manyHours", Number(seconds / 3_600)],
    };
}
