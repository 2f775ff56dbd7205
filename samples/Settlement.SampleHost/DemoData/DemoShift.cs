using System.Globalization;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.DemoData;

/// <summary>
/// Decides by how many days the demo data is moved: at the first start, so that it ends yesterday in the calendar's zone, or on the day of
/// <see cref="LastDayKey"/>. The number is stored, so that later starts and other instances leave the data where it is. Thread-safe.
/// </summary>
internal sealed class DemoShift(PlatformDatabase database, BusinessCalendar calendar, TimeProvider clock, IConfiguration configuration)
{
    /// <summary>The configuration key of the last day of the demo data, yyyy-MM-dd; read by the first start only.</summary>
    public const string LastDayKey = "Demo:LastDay";

    private const string SettingName = "demo.shift_days";

    private volatile DemoDays? _days;

    /// <summary>The days of the demo data; null if this instance has not applied the demo.</summary>
    public DemoDays? Days => _days;

    /// <summary>Reads the stored number of days; decides and stores it if there is none.</summary>
    /// <exception cref="StartException"><see cref="LastDayKey"/> is not a day from the file's last day to yesterday.</exception>
    public async Task<DemoDays> ApplyAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is not { } days)
        {
            // A database that was seeded before this setting existed has the data on the days of the file.
            var shift = await database.ReadAsync(PlatformSeed.IsSeededAsync, cancellationToken) ? 0 : ShiftDays();
            await database.WriteAsync(
                sql => database.TryInsertAsync(
                    sql, "INSERT INTO settings (name, value) VALUES (@name, @value)",
                    new { name = SettingName, value = shift.ToString(CultureInfo.InvariantCulture) }),
                cancellationToken);

            // Another instance may have stored another number first.
            days = await FindAsync(cancellationToken)
                ?? throw new InvalidOperationException($"The setting {SettingName} was deleted while this instance started.");
        }

        return _days = days;
    }

    private async Task<DemoDays?> FindAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            sql => sql.FindAsync<string>("SELECT value FROM settings WHERE name = @name", new { name = SettingName }), cancellationToken)
            is { } value
            ? new DemoDays(int.Parse(value, CultureInfo.InvariantCulture))
            : null;

    private int ShiftDays()
    {
        // With a clock before the days of the file, the data stays there.
        var yesterday = calendar.DayOf(clock.GetUtcNow()).AddDays(-1);
        if (configuration[LastDayKey] is not { Length: > 0 } text)
            return Math.Max(0, yesterday.DayNumber - TrendingFile.LastDay.DayNumber);
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var last)
            && last >= TrendingFile.LastDay && last <= yesterday
            ? last.DayNumber - TrendingFile.LastDay.DayNumber
            : throw new StartException(string.Create(
                CultureInfo.InvariantCulture,
                $"{LastDayKey} is '{text}'. Use a day from {TrendingFile.LastDay:yyyy-MM-dd} to yesterday, {yesterday:yyyy-MM-dd}, as "
                    + $"yyyy-MM-dd, or remove the setting: the demo data then ends yesterday."));
    }
}
