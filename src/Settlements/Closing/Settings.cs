using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>The recorded settings of closed days, together with the configured ones. Immutable.</summary>
internal sealed class Settings
{
    private readonly SettlementPlan _plan;
    private readonly UsageSources _sources;
    private readonly IReadOnlyDictionary<string, string> _identities;

    public Settings(
        SettlementPlan plan, MergedRates merged, UsageSources usageSources, IReadOnlyDictionary<string, string> identities,
        IReadOnlyList<BusinessDay> days, IReadOnlyList<RecordedRate> rates, IReadOnlyList<RecordedSource> sources,
        IReadOnlyList<ApprovedRestatement> restatements)
    {
        _plan = plan;
        Merged = merged;
        _sources = usageSources;
        _identities = identities;
        Days = days;
        Rates = rates;
        Sources = sources;
        Restatements = restatements;
        LastPublished = days.LastOrDefault(d => d.State == DayState.Published);

        // A failed first close fixes neither the first day nor its boundaries.
        Calendar = new RecordedCalendar(plan.Calendar, LastPublished is null ? [] : days);
    }

    /// <summary>The rates of code, of the application's source and of the store.</summary>
    public MergedRates Merged { get; }

    /// <summary>The rates of all origins by meter, ordered by their bytes.</summary>
    public IReadOnlyDictionary<string, MeterRates> MeterRates => Merged.Meters;

    /// <summary>The configured sources.</summary>
    public UsageSources UsageSources => _sources;

    /// <summary>The scales of the meters that sources count in smaller units.</summary>
    public UsageScales Scales => _sources.Scales;

    public IReadOnlyList<BusinessDay> Days { get; }

    public IReadOnlyList<RecordedRate> Rates { get; }

    public IReadOnlyList<RecordedSource> Sources { get; }

    public IReadOnlyList<ApprovedRestatement> Restatements { get; }

    public BusinessDay? LastPublished { get; }

    public RecordedCalendar Calendar { get; }

    /// <summary>Returns the configured rates that are in force for a posting date.</summary>
    public RatesInForce RatesFor(DateOnly postingDate) => new(
        MeterRates, Rates.Where(r => r.IsPriced),
        Restatements.Select(r => new RestatedDays(r.PostingDate, r.Days, r.Versions.ToHashSet())), postingDate);

    /// <summary>Returns the configured rate versions to record with a posting date: those that may have priced its lines.</summary>
    public IReadOnlyList<RecordedRate> RatesToRecord(DateOnly postingDate) =>
        [.. Merged.Definitions.Where(r => r.FirstDay <= postingDate).Select(r => r.InForceFromDay(postingDate))];

    /// <summary>Returns those of <see cref="RatesToRecord(DateOnly)"/> that are not recorded as priced, or not recorded at all.</summary>
    /// <param name="postingDate">The posting date of the close.</param>
    /// <param name="isStart">Whether the close starts: versions that a close under way recorded are left out.</param>
    public IReadOnlyList<RecordedRate> RatesToRecord(DateOnly postingDate, bool isStart)
    {
        var known = Rates.Where(r => r.IsPriced || isStart).Select(RateChanges.Key).ToHashSet();
        return [.. RatesToRecord(postingDate).Where(r => !known.Contains(RateChanges.Key(r)))];
    }

    /// <summary>Returns the settings as they are after the close of an open day, which records versions and sources.</summary>
    public Settings After(DateOnly day)
    {
        var recorded = RatesToRecord(day, isStart: false);
        var keys = recorded.Select(RateChanges.Key).ToHashSet();
        return new Settings(
            _plan, Merged, _sources, _identities, Days, [.. Rates.Where(r => !keys.Contains(RateChanges.Key(r))), .. recorded],
            [.. Sources, .. SourcesToRecord(day)], Restatements);
    }

    /// <summary>
    /// Returns the library's event table, then the configured sources, each with the meters that it counts on a usage date.
    /// </summary>
    /// <param name="usageDate">The usage date.</param>
    /// <param name="backfill">The sources whose rows from before their CountedFrom are counted too.</param>
    public IEnumerable<CountedSource> SourcesOn(DateOnly usageDate, IReadOnlySet<string>? backfill = null) =>
        ConfiguredSourcesOn(usageDate, backfill).Prepend(new CountedSource(_sources.EventTable, new SourceDay(usageDate, Calendar, [])));

    /// <summary>Returns the configured sources, each with the meters that it counts on a usage date.</summary>
    /// <param name="usageDate">The usage date.</param>
    /// <param name="backfill">The sources whose rows from before their CountedFrom are counted too.</param>
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

    /// <summary>Returns the source meters to record with a posting date: those that are new or have another definition.</summary>
    public IReadOnlyList<RecordedSource> SourcesToRecord(DateOnly postingDate) =>
        [.. from source in _sources.Configured
            from meter in source.Meters
            let latest = Latest(source.Name, meter.Meter)
            let definition = Definition(source, meter)
            where latest is null || latest.Definition != definition
            select new RecordedSource(source.Name, meter.Meter, postingDate, definition, CountedFrom(source, meter, postingDate))];

    /// <summary>
    /// Returns the meters that sources select by value and whose first rates would start on a published day: allowed when all of their
    /// usage was quarantined until now.
    /// </summary>
    public IReadOnlyList<string> LateMeters() => LastPublished is not { } last ? [] :
        [.. MeterRates.Values.Where(r => _sources.IsSelectedByValue(r.Meter)
            && Rates.All(known => !known.IsPriced || known.Meter != r.Meter)
            && r.All().Any(v => v.FirstDay <= last.Day)).Select(r => r.Meter)];

    /// <summary>Returns an error message for each conflict that prevents an instance with these settings from closing a day.</summary>
    /// <param name="unused">Meters that sources select by value and that have no published line.</param>
    public IEnumerable<string> Conflicts(IReadOnlySet<string>? unused = null)
    {
        if (LastPublished is { } last && last.Calendar != _plan.Calendar.ToString())
        {
            yield return $"The days of this database were closed with the calendar '{last.Calendar}', and the configured calendar is "
                + $"'{_plan.Calendar}'. Published days are immutable: configure '{last.Calendar}', or use a new database.";
        }

        if (Merged.HasStored && !_plan.RatesFromStore)
        {
            yield return "The store has approved rate versions, and this instance does not read them: it would price days at other rates "
                + "than the instances that do. Call RatesFromStore(), or set \"ratesFromStore\": true in the settlement file.";
        }
        else
        {
            foreach (var error in Merged.Errors)
                yield return error;
            foreach (var change in RateChanges.Find(Rates, Merged.Definitions, LastPublished?.Day, unused, Merged.EarlierForms))
                yield return change;
        }

        foreach (var recorded in Sources.GroupBy(s => (s.Source, s.Meter)))
        {
            var (name, meter) = recorded.Key;
            var source = _sources.Configured.FirstOrDefault(s => s.Name == name);
            var counted = source?.Meters.FirstOrDefault(m => m.Meter == meter);
            if (counted is null)
            {
                yield return $"Source '{name}' counted meter '{meter}' on published days, and is not configured. Configure it; to end it, "
                    + "add CountedThrough(date) with its last business day.";
                continue;
            }

            var latest = recorded.MaxBy(r => r.FirstDay)!;
            if (counted.CountedFrom is { } from && from != latest.CountedFrom)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Source '{name}' is recorded to count meter '{meter}' from {latest.CountedFrom:O} on, and CountedFrom is {from:O}. "
                    + $"Set it to the recorded day; to count earlier rows, reconcile with Backfill.");
            }

            var definition = Definition(source!, counted);
            if (latest.Definition != definition && recorded.FirstOrDefault(r => r.Definition == definition) is { } old)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Source '{name}' has the definition [{definition}] for meter '{meter}', recorded from {old.FirstDay:O} on. It was "
                    + $"replaced on {latest.FirstDay:O} by [{latest.Definition}]. Configure that one: the "
                    + $"configuration of this instance is outdated.");
            }
        }
    }

    /// <summary>
    /// Returns an error message if the sources of a published day differ from the configured ones; null if they are the same.
    /// </summary>
    public string? FindSourceMismatch(DateOnly usageDate)
    {
        // A restated day was compared with the sources of the restatement. Sources that were added later are compared with the recorded
        // ones.
        var restated = Restatements.Where(r => r.Days.Contains(usageDate) && r.Sources is not null)
            .MaxBy(r => r.RestatementId)?.Sources!.Split('\n') ?? [];
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
                        $"Day {usageDate:O} was closed with source '{source.Name}' defined as [{inForce.Definition}] for meter "
                        + $"'{meter.Meter}'; it is now [{Definition(source, meter)}]. Restate the day to count it with the new "
                        + $"definition, or configure the old one.");
                }
            }
        }

        return null;
    }

    /// <summary>Returns a hash of everything that the rows of a run depend on, except its events.</summary>
    public string Fingerprint(int format, DateOnly day)
    {
        var range = Calendar.RangeOf(day);
        var parts = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"format {format}"), _plan.Calendar.ToString(), range.ToString(),
            string.Create(CultureInfo.InvariantCulture, $"top {_plan.RankingSize}"), SourcesText(),
        };
        parts.AddRange(_sources.Configured.Where(s => s.SliceKey.Length > 0).Select(s => $"{s.Name} by {s.SliceKey}"));
        parts.Add(Merged.Fingerprint(day));
        parts.AddRange(_plan.UnpricedMeters);
        parts.AddRange(Restatements.Where(r => r.PostingDate <= day)
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"restatement {r.RestatementId}")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    /// <summary>Returns the definitions of all configured sources, one source and meter on each line.</summary>
    public string SourcesText() => string.Join('\n', _sources.Configured.OrderBy(s => s.Name, Utf8Order.Instance)
        .SelectMany(s => s.Meters.Select(m => SourceText(s, m))));

    private string SourceText(IUsageSource source, SourceMeter meter) => $"{source.Name}\t{meter.Meter}\t{Definition(source, meter)}";

    private RecordedSource? Latest(string source, string meter) =>
        Sources.Where(s => s.Source == source && s.Meter == meter).MaxBy(s => s.FirstDay);

    private DateOnly CountedFrom(IUsageSource source, SourceMeter meter, DateOnly usageDate) =>
        Latest(source.Name, meter.Meter)?.CountedFrom ?? meter.CountedFrom ?? Later(usageDate, LastPublished?.Day.AddDays(1));

    // A source meter that was never recorded counts from the first open day on.
    private static DateOnly Later(DateOnly day, DateOnly? firstOpen) => firstOpen is { } open && open > day ? open : day;

    private string Definition(IUsageSource source, SourceMeter meter) => $"{_identities[source.Name]}: {meter.Definition}";
}
