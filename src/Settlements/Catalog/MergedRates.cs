using System.Security.Cryptography;
using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The rates of all origins: per meter the versions of code, of the application's source and of the store. Immutable and thread-safe.
/// </summary>
internal sealed class MergedRates
{
    private readonly Dictionary<(string Meter, string Scope, string Version), RateSourceOf> _origins;
    private readonly Lazy<IReadOnlyList<RecordedRate>> _recorded;
    private volatile Tuple<DateOnly, string>? _text;

    public MergedRates(
        IReadOnlyDictionary<string, MeterRates> meters, Dictionary<(string Meter, string Scope, string Version), RateSourceOf> origins,
        IReadOnlyList<string> errors, bool hasStored)
    {
        Meters = meters;
        _origins = origins;
        Errors = errors;
        HasStored = hasStored;
        _recorded = new(() => [.. Meters.Values.SelectMany(rates => rates.All().Select(v => RecordedRate.From(rates, v, default)))]);
    }

    /// <summary>The rates by meter, ordered by their bytes.</summary>
    public IReadOnlyDictionary<string, MeterRates> Meters { get; }

    /// <summary>The errors of the combination; a meter with an error has its rates in code.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>Whether the store has an approved version.</summary>
    public bool HasStored { get; }

    /// <summary>The definitions of all versions, with an undefined posting date.</summary>
    public IReadOnlyList<RecordedRate> Definitions => _recorded.Value;

    public RateSourceOf OriginOf(string meter, string scope, string version) =>
        _origins.GetValueOrDefault((meter, scope, version)) ?? RateSourceOf.Code;

    /// <summary>Returns the definitions of a version as it was before each of its ends; empty when it was not ended.</summary>
    public IEnumerable<RecordedRate> EarlierForms(RecordedRate rate) =>
        OriginOf(rate.Meter, rate.Scope, rate.Version).EarlierForms
            .Select(form => RecordedRate.From(Meters[rate.Meter], form, default));

    /// <summary>
    /// Returns a hash of everything that rows of a posting date depend on: the versions that have started, and for each meter whether it
    /// has volume tables and from when on it counts over each period.
    /// </summary>
    public string Fingerprint(DateOnly postingDate)
    {
        if (_text is var (day, known) && day == postingDate)
            return known;
        var text = new StringBuilder();
        foreach (var rates in Meters.Values)
        {
            text.Append(rates.Meter).Append('\t').Append(rates.HasVolume).Append(rates.Rounding);
            foreach (var (period, first) in rates.Periods.Zip(rates.PeriodFirstDays))
                text.Append(FormattableString.Invariant($"\t{period} {first:O}"));
            text.Append('\n');
        }

        foreach (var rate in Definitions.Where(rate => rate.FirstDay <= postingDate))
        {
            text.Append(FormattableString.Invariant(
                $"{rate.Meter}\t{rate.Scope}\t{rate.Version}\t{rate.FirstDay:O}\t{rate.Definition}\n"));
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        _text = Tuple.Create(postingDate, hash);
        return hash;
    }
}

/// <summary>The origin of a version.</summary>
/// <param name="Origin">Where it is kept.</param>
/// <param name="Proposal">The proposal that added it; null unless it is in the store.</param>
/// <param name="End">The proposal that ended it last; null for none.</param>
internal sealed record RateSourceOf(RateOrigin Origin, Proposal? Proposal = null, Proposal? End = null)
{
    /// <summary>The version as it was before each of its ends.</summary>
    public IReadOnlyList<RateVersion> EarlierForms { get; init; } = [];

    public static RateSourceOf Code { get; } = new(RateOrigin.Code);
}
