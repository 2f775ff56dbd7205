using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>What days were closed with, beside what is configured now. Immutable.</summary>
internal sealed class Settings
{
    private readonly SettlementPlan _plan;
    private readonly UsageSources _sources;
    private readonly IReadOnlyDictionary<string, string> _identities;

    public Settings(
        SettlementPlan plan, UsageSources usageSources, IReadOnlyDictionary<string, string> identities,
        IReadOnlyList<BusinessDay> days, IReadOnlyList<RecordedRate> rates, IReadOnlyList<RecordedSource> sources,
        IReadOnlyList<ApprovedRestatement> restatements)
    {
        _plan = plan;
        _sources = usageSources;
        _identities = identities;
        Days = days;
        Rates = rates;
        Sources = sources;
        Restatements = restatements;
        LastPublished = days.LastOrDefault(d => d.State == DayState.Published);

        // A first close that failed pins nothing: neither its day nor its boundaries.
        Calendar = new RecordedCalendar(plan.Calendar, LastPublished is null ? [] : days);
    }

    public IReadOnlyList<BusinessDay> Days { get; }

    public IReadOnlyList<RecordedRate> Rates { get; }

    public IReadOnlyList<RecordedSource> Sources { get; }

    public IReadOnlyList<ApprovedRestatement> Restatements { get; }

    public BusinessDay? LastPublished { get; }

    public RecordedCalendar Calendar { get; }

    /// <summary>The configured rates as they are in force for a posting date.</summary>
    public RatesInForce RatesFor(DateOnly postingDate) => new(
        _plan.Rates, Rates,
        Restatements.Select(r => new RestatedDays(r.PostingDate, r.Days, r.Versions.ToHashSet())), postingDate);

    /// <summary>The configured rate versions to record with a posting date: those that may have priced its lines.</summary>
    public IReadOnlyList<RecordedRate> RatesToRecord(DateOnly postingDate) => [.. ConfiguredRates(postingDate).Where(r => r.FirstDay <= postingDate)];

    /// <summary>The library's own event table, then the configured sources with the meters that a usage date counts.</summary>
    /// <param name="usageDate">The day.</param>
    /// <param name="backfill">Sources whose rows count whatever they are counted from.</param>
    public IEnumerable<CountedSource> SourcesOn(DateOnly usageDate, IReadOnlySet<string>? backfill = null) =>
        ConfiguredSourcesOn(usageDate, backfill).Prepend(new CountedSource(_sources.EventTable, new SourceDay(usageDate, Calendar, [])));

    /// <summary>The configured sources with the meters that a usage date counts.</summary>
    /// <param name="usageDate">The day.</param>
    /// <param name="backfill">Sources whose rows count whatever they are counted from.</param>
    public IEnumerable<CountedSource> ConfiguredSourcesOn(DateOnly usageDate, IReadOnlySet<string>? backfill = null)
    {
        foreach (var source in _sources.Configured)
        {
            var meters = source.Meters
                .Where(m => backfill?.Contains(source.Name) == true || CountedFrom(source, m, usageDate) <= usageDate)
                .Where(m => m.CountedThrough is null || usageDate <= m.CountedThrough)
                .ToList();
            if (meters.Count > 0)
                yield return new CountedSource(source, new SourceDay(usageDate, Calendar, meters));
        }
    }

    /// <summary>What is recorded with a posting date: measures that are new, or defined anew.</summary>
    public IReadOnlyList<RecordedSource> SourcesToRecord(DateOnly postingDate) =>
        [.. from source in _sources.Configured
            from meter in source.Meters
            let latest = Latest(source.Name, meter.Meter)
            let definition = Definition(source, meter)
            where latest is null || latest.Definition != definition
            select new RecordedSource(source.Name, meter.Meter, postingDate, definition, CountedFrom(source, meter, postingDate))];

    /// <summary>Everything that keeps an instance with these settings from closing a day, as sentences.</summary>
    public IEnumerable<string> Conflicts()
    {
        if (LastPublished is { } last && last.Calendar != _plan.Calendar.ToString())
        {
            yield return $"The days of this database were closed by the calendar '{last.Calendar}'; the one configured is '{_plan.Calendar}'. "
                + "Published days never change: configure the first, or start with a new database.";
        }

        foreach (var change in RateChanges.Find(Rates, ConfiguredRates(default), LastPublished?.Day))
            yield return change;
        foreach (var recorded in Sources.GroupBy(s => (s.Source, s.Meter)))
        {
            var (name, meter) = recorded.Key;
            var source = _sources.Configured.FirstOrDefault(s => s.Name == name);
            var counted = source?.Meters.FirstOrDefault(m => m.Meter == meter);
            if (counted is null)
            {
                yield return $"Source '{name}' counted meter '{meter}' when days were published, and is not configured. Configure it; to end it, add "
                    + "CountedThrough(date) with its last business day.";
                continue;
            }

            var latest = recorded.MaxBy(r => r.FirstDay)!;
            if (counted.CountedFrom is { } from && from != latest.CountedFrom)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Source '{name}' counts meter '{meter}' from {latest.CountedFrom:O} on, as recorded; CountedFrom is {from:O}. Set it to the "
                    + $"recorded day; earlier rows are counted by reconciling with Backfill.");
            }

            var definition = Definition(source!, counted);
            if (latest.Definition != definition && recorded.FirstOrDefault(r => r.Definition == definition) is { } old)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Source '{name}' is configured for meter '{meter}' as it was from {old.FirstDay:O} on: [{definition}]. It was replaced on "
                    + $"{latest.FirstDay:O} by [{latest.Definition}]. Configure that one: this instance is older than the last close.");
            }
        }
    }

    /// <summary>Why a published day can't be compared with the sources as they are configured; null when it can.</summary>
    public string? FindSourceMismatch(DateOnly usageDate)
    {
        // A restated day was compared with the sources as they were then. Those that were added since are compared with what is recorded.
        var restated = Restatements.Where(r => r.Days.Contains(usageDate) && r.Sources is not null).MaxBy(r => r.RestatementId)?.Sources!.Split('\n') ?? [];
        foreach (var source in _sources.Configured)
        {
            foreach (var meter in source.Meters)
            {
                if (restated.Contains(SourceText(source, meter), StringComparer.Ordinal))
                    continue;
                var inForce = Sources.Where(s => s.Source == source.Name && s.Meter == meter.Meter && s.FirstDay <= usageDate)
                    .MaxBy(s => s.FirstDay);
                if (inForce is not null && inForce.Definition != Definition(source, meter))
                {
                    return string.Create(
                        CultureInfo.InvariantCulture,
                        $"Day {usageDate:O} was closed with source '{source.Name}' as [{inForce.Definition}] for meter "
                        + $"'{meter.Meter}'; it is now [{Definition(source, meter)}]. Restate the day to count it by the new "
                        + $"definition, or configure the old one.");
                }
            }
        }

        return null;
    }

    /// <summary>All that a run's rows depend on beside its events.</summary>
    public string Fingerprint(int format, DateOnly day)
    {
        var range = Calendar.RangeOf(day);
        var parts = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"format {format}"), _plan.Calendar.ToString(), range.ToString(),
            string.Create(CultureInfo.InvariantCulture, $"top {_plan.RankingSize}"), SourcesText(),
        };
        parts.AddRange(ConfiguredRates(default).Select(r => string.Create(
            CultureInfo.InvariantCulture, $"{r.Meter}\t{r.Scope}\t{r.Version}\t{r.FirstDay:O}\t{r.Definition}")));
        parts.AddRange(_plan.UnpricedMeters);
        parts.AddRange(Restatements.Where(r => r.PostingDate <= day).Select(r => string.Create(CultureInfo.InvariantCulture, $"restatement {r.RestatementId}")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    /// <summary>All sources as they are configured, on one line each.</summary>
    public string SourcesText() => string.Join('\n', _sources.Configured.OrderBy(s => s.Name, Utf8Order.Instance)
        .SelectMany(s => s.Meters.Select(m => SourceText(s, m))));

    private string SourceText(IUsageSource source, SourceMeter meter) => $"{source.Name}\t{meter.Meter}\t{Definition(source, meter)}";

    private IReadOnlyList<RecordedRate> ConfiguredRates(DateOnly inForceFrom) =>
        [.. _plan.Rates.Values.SelectMany(rates => rates.All().Select(version => RecordedRate.From(rates, version, inForceFrom)))];

    private RecordedSource? Latest(string source, string meter) =>
        Sources.Where(s => s.Source == source && s.Meter == meter).MaxBy(s => s.FirstDay);

    private DateOnly CountedFrom(IUsageSource source, SourceMeter meter, DateOnly usageDate) =>
        Latest(source.Name, meter.Meter)?.CountedFrom ?? meter.CountedFrom ?? Later(usageDate, LastPublished?.Day.AddDays(1));

    // A measure that was never recorded counts from the first open day on.
    private static DateOnly Later(DateOnly day, DateOnly? firstOpen) => firstOpen is { } open && open > day ? open : day;

    private string Definition(IUsageSource source, SourceMeter meter) => $"{_identities[source.Name]}: {meter.Definition}";
}
