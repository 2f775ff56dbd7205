using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The options of a settlement: everything except its events that determines the results. Validated and read once at startup: all errors
/// are reported together, and later changes have no effect.
/// </summary>
public sealed class SettlementOptions
{
    private readonly Dictionary<string, MeterRates> _rates = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the calendar of the business days. Required: the time zone of the machine is never used.</summary>
    public BusinessCalendar? Calendar { get; set; }

    /// <summary>
    /// Gets or sets the first business day of the settlement. Events of earlier days are rejected on input. The default,
    /// <see langword="null"/>, is the day of the first event.
    /// </summary>
    public DateOnly? StartsOn { get; set; }

    /// <summary>
    /// Gets or sets how far in the future the instant of an event may be. A later event is rejected on input, since a wrong clock would
    /// post it to a day far in the future. From 0 to 366 days; default 1 day.
    /// </summary>
    public TimeSpan AheadMax { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Gets or sets how long a day stays open after its end, for events that are still in transit. From 0 to 7 days; default 10 minutes.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Gets or sets the maximum number of consecutive days without events that the first close publishes after an early event, when
    /// <see cref="StartsOn"/> is not set. More indicate an event with a wrong date. From 0 to 36,600; default 31.
    /// </summary>
    public int EmptyDaysAtStartMax { get; set; } = 31;

    /// <summary>
    /// Gets or sets the maximum number of event rows of a chunk, the unit of work that a crash loses. Approximate where row counts
    /// are estimated: by MySQL and MariaDB, and in the library's table on SQLite on days of more than 250,000 rows. Smaller days of more
    /// than 125,000 rows are divided between two workers. The memory of a worker grows with the distinct items of a chunk. From 1 to
    /// 100,000,000; default 6,000,000.
    /// </summary>
    public int ChunkRowsMax { get; set; } = 6_000_000;

    /// <summary>
    /// Gets or sets the approximate number of partial sums that are merged and priced in one transaction. From 1 to 10,000,000; default
    /// 100,000.
    /// </summary>
    public int PartialsPerItemRange { get; set; } = 100_000;

    /// <summary>
    /// Gets or sets the number of ranks of each ranking that are stored with a day; longer rankings are computed on request. From 1 to
    /// 10,000; default 100.
    /// </summary>
    public int RankingSize { get; set; } = 100;

    /// <summary>Gets or sets the workers, the lease and the retries of a close.</summary>
    public PipelineOptions Pipeline { get; set; } = new();

    /// <summary>Gets or sets who may approve corrections, and which days require an approval.</summary>
    public CorrectionOptions Corrections { get; set; } = new();

    /// <summary>Gets or sets the limits of estimates of open days.</summary>
    public EstimateOptions Estimates { get; set; } = new();

    /// <summary>Gets or sets the queue, groups and retries of <see cref="UsageWriter"/>.</summary>
    public UsageWriterOptions Writer { get; set; } = new();

    /// <summary>Gets the tables of the application that are read as usage sources, in addition to the library's event table.</summary>
    public IList<UsageTable> Sources { get; } = [];

    /// <summary>Gets the rates by meter.</summary>
    public IDictionary<string, MeterRates> Rates => _rates;

    /// <summary>
    /// Gets or sets whether the rate versions that are proposed and approved with <see cref="RateCatalog"/> are used, beside those in
    /// <see cref="Rates"/>. Default false. An instance without it is refused once a version is approved.
    /// </summary>
    public bool RatesFromStore { get; set; }

    /// <summary>
    /// Gets the unpriced meters: their usage is counted and ranked, and not paid. An event of a meter that is neither here nor in
    /// <see cref="Rates"/> is rejected. Compared by bytes.
    /// </summary>
    public ISet<string> UnpricedMeters { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The errors that the builder found, reported together with the others.</summary>
    internal List<string> BuilderErrors { get; } = [];

    /// <summary>The SQL dialect of the store, for the conditions of sources; null for a store without SQL.</summary>
    internal SqlDialect? Dialect { get; set; }

    private IEnumerable<string> MeterErrors()
    {
        foreach (var (meter, rates) in _rates.Where(r => r.Key != r.Value.Meter).OrderBy(r => r.Key, Utf8Order.Instance))
            yield return $"Rates['{meter}'] has the rates of meter '{rates.Meter}'. Use the name of their meter as the key.";
        foreach (var error in CurrencyDigits.Errors(_rates.Values.OrderBy(rates => rates.Meter, Utf8Order.Instance)))
            yield return error;
        foreach (var meter in UnpricedMeters.Order(Utf8Order.Instance))
        {
            if (RateNames.ErrorOf(meter) is { } error)
                yield return $"The name of a declared meter {error}.";
            else if (_rates.ContainsKey(meter))
                yield return $"Meter '{meter}' is declared as unpriced and has rates. Remove Meter(\"{meter}\") or its Rates(…).";
        }

        foreach (var (source, measure) in Sources.SelectMany(source => source.Measures.Select(measure => (source.Name, measure))))
        {
            var meter = measure.ByColumn is null ? measure.Meter
                : measure.OtherValue is { } other ? $"{measure.Meter}:{other}" : null;
            var isAnyDeclared = _rates.Keys.Concat(UnpricedMeters).Any(m => m.StartsWith(measure.Meter + ":", StringComparison.Ordinal));
            if (meter is null && !isAnyDeclared)
            {
                yield return $"Source '{source}' counts meter '{measure.Meter}' by column {measure.ByColumn}, and no meter "
                    + $"'{measure.Meter}:value' has rates or is declared. Add Rates(\"{measure.Meter}:KR\", …) for each value.";
            }
            else if (meter is not null && !_rates.ContainsKey(meter) && !UnpricedMeters.Contains(meter))
            {
                yield return $"Source '{source}' counts meter '{meter}', which has no rates and is not declared. Correct the name, "
                    + $"add rates with Rates(\"{meter}\", …), or declare it as unpriced with Meter(\"{meter}\").";
            }
        }
    }

    /// <summary>Checks every value against its range, and meters, rates and sources against each other.</summary>
    /// <returns>All errors, each with the value, the range and the remedy; empty when there are none.</returns>
    internal IEnumerable<string> Validate()
    {
        foreach (var error in BuilderErrors)
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
        foreach (var error in Estimates.Validate())
            yield return error;
        foreach (var error in Writer.Validate())
            yield return error;
        foreach (var name in Sources.GroupBy(s => s.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            yield return FormattableString.Invariant($"{name.Count()} sources are named '{name.Key}'. Give each source a unique name.");
        if (Sources.Any(s => s.Name == IUsageSource.EventTableName))
        {
            yield return $"A source is named '{IUsageSource.EventTableName}', which is reserved for the library's event table. "
                + "Use another name in Source(name, …).";
        }

        foreach (var error in Sources.Where(s => s.Reader is null).Select(s => SourceCondition.FindError(s, Dialect)).OfType<string>())
            yield return error;
        foreach (var error in MeterErrors())
            yield return error;
    }
}
