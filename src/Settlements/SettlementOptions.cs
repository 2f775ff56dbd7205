using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Everything that a settlement depends on beside its events. Validated as a whole and read once, at the start: all errors are reported
/// together, and later changes have no effect.
/// </summary>
public sealed class SettlementOptions
{
    private readonly Dictionary<string, MeterRates> _rates = new(StringComparer.Ordinal);

    /// <summary>What a business day is. Required: the zone is always named, never the machine's.</summary>
    public BusinessCalendar? Calendar { get; set; }

    /// <summary>
    /// The first business day that is settled. Events of earlier days are rejected on input. <see langword="null"/>, the default: the day of the
    /// first event.
    /// </summary>
    public DateOnly? StartsOn { get; set; }

    /// <summary>
    /// How far ahead of now an event may be; one that is further is rejected on input, since a wrong clock would have it counted on a day that
    /// comes much later. From 0 to 366 days; default 1 day.
    /// </summary>
    public TimeSpan AheadMax { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long after a day's end it stays open for events under way. From 0 to 7 days; default 10 minutes.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The most days without events that a first close publishes in a row after one of the earliest events, where <see cref="StartsOn"/> is
    /// not set: more are a sign of an event with a wrong date. From 0 to 36,600; default 31.
    /// </summary>
    public int EmptyDaysAtStartMax { get; set; } = 31;

    /// <summary>
    /// The most event rows of a chunk (about so many, where a server estimates them): what a crash costs. A worker's memory grows with the distinct
    /// items of a chunk. From 1 to 100,000,000; default 4,000,000.
    /// </summary>
    public int ChunkRowsMax { get; set; } = 4_000_000;

    /// <summary>About how many partial totals are merged and priced in one transaction. From 1 to 10,000,000; default 200,000.</summary>
    public int PartialsPerItemRange { get; set; } = 200_000;

    /// <summary>How many places of each ranking are kept with a day; longer ones are computed when asked for. From 1 to 10,000; default 100.</summary>
    public int RankingSize { get; set; } = 100;

    /// <summary>Workers, lease and retries of a close.</summary>
    public PipelineOptions Pipeline { get; set; } = new();

    /// <summary>Who may approve corrections, and which days wait for an approval.</summary>
    public CorrectionOptions Corrections { get; set; } = new();

    /// <summary>Queue, groups and retries of <see cref="UsageWriter"/>.</summary>
    public UsageWriterOptions Writer { get; set; } = new();

    /// <summary>The host's own tables that are read as events, beside the library's.</summary>
    public IList<UsageTable> Sources { get; } = [];

    /// <summary>The rate tables by meter.</summary>
    public IDictionary<string, MeterRates> Rates => _rates;

    /// <summary>
    /// The meters without a price: they are counted and ranked, and nobody is paid for them. An event of a meter that is neither here nor in
    /// <see cref="Rates"/> is rejected. Compared by bytes.
    /// </summary>
    public ISet<string> UnpricedMeters { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>What the builder found wrong, to be said with the rest.</summary>
    internal List<string> BuilderFaults { get; } = [];

    /// <summary>How the store reads the conditions of sources; null where it doesn't.</summary>
    internal SqlDialect? Dialect { get; set; }

    private IEnumerable<string> MeterErrors()
    {
        foreach (var (meter, rates) in _rates.Where(r => r.Key != r.Value.Meter).OrderBy(r => r.Key, Utf8Order.Instance))
            yield return $"Rates['{meter}'] holds the rates of meter '{rates.Meter}'. Add them under the name of their meter.";
        foreach (var meter in UnpricedMeters.Order(Utf8Order.Instance))
        {
            if (RateNames.ErrorOf(meter) is { } fault)
                yield return $"A declared meter's name {fault}.";
            else if (_rates.ContainsKey(meter))
                yield return $"Meter '{meter}' is declared without a price and has rates. Remove Meter(\"{meter}\"), or its Rates(…).";
        }

        foreach (var (source, meter) in Sources.SelectMany(source => source.Measures.Select(measure => (source.Name, measure.Meter))))
        {
            if (!_rates.ContainsKey(meter) && !UnpricedMeters.Contains(meter))
            {
                yield return $"Source '{source}' counts meter '{meter}', which is neither priced nor declared. Correct its name; or give it rates, "
                    + $"Rates(\"{meter}\", …), or declare it without a price, Meter(\"{meter}\").";
            }
        }
    }

    /// <summary>Compares every value with its range, and meters, rates and sources with each other.</summary>
    /// <returns>All errors, each with the value, the range and the remedy; empty when there are none.</returns>
    public IEnumerable<string> Validate()
    {
        foreach (var error in BuilderFaults)
            yield return error;
        if (Calendar is null)
            yield return "Calendar is missing. Call Calendar(\"Asia/Seoul\") with the zone of your business days.";
        if (Grace < TimeSpan.Zero || Grace > TimeSpan.FromDays(7))
            yield return $"Grace is {Grace}; use 0 to 7 days.";
        if (AheadMax < TimeSpan.Zero || AheadMax > TimeSpan.FromDays(366))
            yield return FormattableString.Invariant($"AheadMax is {AheadMax}; use 0 to 366 days.");
        if (StartsOn < BusinessCalendar.FirstDay || StartsOn > BusinessCalendar.LastDay)
        {
            yield return FormattableString.Invariant(
                $"StartsOn is {StartsOn:O}; use a day from {BusinessCalendar.FirstDay:O} to {BusinessCalendar.LastDay:O}.");
        }

        if (ChunkRowsMax is < 1 or > 100_000_000)
            yield return FormattableString.Invariant($"ChunkRowsMax is {ChunkRowsMax}; use 1 to 100000000.");
        if (PartialsPerItemRange is < 1 or > 10_000_000)
            yield return FormattableString.Invariant($"PartialsPerItemRange is {PartialsPerItemRange}; use 1 to 10000000.");
        if (EmptyDaysAtStartMax is < 0 or > 36_600)
            yield return FormattableString.Invariant($"EmptyDaysAtStartMax is {EmptyDaysAtStartMax}; use 0 to 36600.");
        if (RankingSize is < 1 or > 10_000)
            yield return FormattableString.Invariant($"RankingSize is {RankingSize}; use 1 to 10000.");
        foreach (var error in Pipeline.Validate())
            yield return error;
        foreach (var error in Corrections.Validate())
            yield return error;
        foreach (var error in Writer.Validate())
            yield return error;
        foreach (var name in Sources.GroupBy(s => s.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            yield return FormattableString.Invariant($"Source '{name.Key}' is given {name.Count()} times. Give each source a name of its own.");
        if (Sources.Any(s => s.Name == IUsageSource.EventTableName))
        {
            yield return $"A source is named '{IUsageSource.EventTableName}', which is the name of the library's own event table. "
                + "Give it another name: Source(name, …).";
        }

        foreach (var error in Dialect is { } dialect ? Sources.Select(s => SourceCondition.Fault(s, dialect)).OfType<string>() : [])
            yield return error;
        foreach (var error in MeterErrors())
            yield return error;
    }
}
