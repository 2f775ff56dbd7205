using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>
/// The rates of a meter: the versions of its rate table, the overrides of items and payees, and the rounding of lines. Immutable and
/// thread-safe.
/// </summary>
public sealed class MeterRates
{
    private readonly RateVersions _versions;
    private readonly Dictionary<string, RateVersions> _items;
    private readonly Dictionary<string, RateVersions> _payees;
    private readonly RateVersion[] _all;
    private readonly Dictionary<(string Scope, string Version), RateVersion> _byName;

    private MeterRates(string meter, MeterRatesBuilder builder)
    {
        Meter = meter;
        Rounding = builder.Rounding;
        _versions = new(builder.Versions);
        _items = builder.Items.ToDictionary(item => item.Key, item => new RateVersions(item.Value.Versions), StringComparer.Ordinal);
        _payees = builder.Payees.ToDictionary(payee => payee.Key, payee => new RateVersions(payee.Value.Versions), StringComparer.Ordinal);
        _all = [.. _versions.All, .. InOrder(_items), .. InOrder(_payees)];
        _byName = _all.ToDictionary(version => (version.Scope, version.Version));
        Periods = [.. All().Select(v => v.Table.CounterPeriod).Distinct().Order()];
        PeriodFirstDays = [.. Periods.Select(p => All().Where(v => v.Table.CounterPeriod == p).Min(v => v.FirstDay))];
        HasVolume = All().Any(v => v.Table.Mode == RateMode.Volume);
    }

    /// <summary>The name of the meter: 1 to 64 characters.</summary>
    public string Meter { get; }

    /// <summary>The rule by which the exact amounts of lines are rounded, for all versions.</summary>
    public Rounding Rounding { get; }

    /// <summary>The versions of the meter, without overrides, ordered by first day; empty when there are only overrides.</summary>
    public IReadOnlyList<RateVersion> Versions => _versions.All;

    /// <summary>Builds the rates of a meter.</summary>
    /// <param name="meter">The name of the meter: 1 to 64 characters (code points).</param>
    /// <param name="configure">Adds versions and overrides. Called once.</param>
    /// <returns>The rates.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/>, or a currency or table that it adds, is null.</exception>
    /// <exception cref="RateTableException">The rates are invalid; lists all errors, each with the meter and the version.</exception>
    public static MeterRates Build(string meter, Action<MeterRatesBuilder> configure) =>
        TryBuild(meter, configure, out var rates, out var errors) ? rates : throw RateTableException.OfMeter(errors);

    /// <summary>Builds the rates of a meter, or returns all errors, to be reported together with those of other meters.</summary>
    /// <param name="meter">The name of the meter: 1 to 64 characters (code points).</param>
    /// <param name="configure">Adds versions and overrides. Called once.</param>
    /// <param name="rates">The rates; null when there are errors.</param>
    /// <param name="errors">All errors, as sentences that name the meter and the version; empty when there are none.</param>
    /// <returns>Whether there are no errors.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/>, or a currency or table that it adds, is null.</exception>
    public static bool TryBuild(
        string meter, Action<MeterRatesBuilder> configure, [NotNullWhen(true)] out MeterRates? rates, out IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new MeterRatesBuilder(meter);
        builder.Configure(configure);
        errors = MeterRatesValidator.Validate(builder);
        rates = errors.Count == 0 ? new(meter, builder) : null;
        return rates is not null;
    }

    /// <summary>
    /// Returns the version that prices an item on a day: that of the item, else that of the payee, else that of the meter; of each, the one
    /// with the latest first day on or before that day, unless it has ended. An override applies from its first day on, up to its last.
    /// </summary>
    /// <param name="day">The business day.</param>
    /// <param name="itemId">The item, compared by bytes.</param>
    /// <param name="payeeId">The payee, compared by bytes.</param>
    /// <returns>The version; null when no version is in force on that day.</returns>
    /// <remarks>Does not allocate, so it can be called for every line.</remarks>
    public RateVersion? Find(DateOnly day, string itemId, string payeeId) => Find(day, itemId, payeeId, isInForce: null);

    /// <summary>Does the same with superseding versions that are in force only on certain days.</summary>
    internal RateVersion? Find(DateOnly day, string itemId, string payeeId, Func<RateVersion, DateOnly, bool>? isInForce)
    {
        // Most meters have no overrides; then the ids are not hashed.
        if (_items.Count > 0 && _items.TryGetValue(itemId, out var item) && item.On(day, isInForce) is { } itemVersion)
            return itemVersion;
        if (_payees.Count > 0 && _payees.TryGetValue(payeeId, out var payee) && payee.On(day, isInForce) is { } payeeVersion)
            return payeeVersion;
        return _versions.On(day, isInForce);
    }

    /// <summary>Returns the version of a scope by its name; null when there is none.</summary>
    internal RateVersion? FindByName(string scope, string version) => _byName.GetValueOrDefault((scope, version));

    /// <summary>The counter periods of the meter: those of all its versions.</summary>
    internal IReadOnlyList<CounterPeriod> Periods { get; private init; } = [];

    /// <summary>For each of <see cref="Periods"/>, the first day of the earliest version with that period.</summary>
    internal IReadOnlyList<DateOnly> PeriodFirstDays { get; private init; } = [];

    internal bool HasVolume { get; private init; }

    internal bool IsVolume(string scope, string version) => FindByName(scope, version)?.Table.Mode == RateMode.Volume;

    /// <summary>Returns whether an override of the item or the payee is in force on a day. Does not allocate.</summary>
    /// <param name="day">The business day.</param>
    /// <param name="itemId">The item, compared by bytes.</param>
    /// <param name="payeeId">The payee, compared by bytes.</param>
    internal bool HasOverride(DateOnly day, ReadOnlySpan<char> itemId, ReadOnlySpan<char> payeeId) =>
        (_items.Count > 0 && _items.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(itemId, out var item)
            && item.On(day) is not null)
        || (_payees.Count > 0 && _payees.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(payeeId, out var payee)
            && payee.On(day) is not null);

    /// <summary>Returns all versions, including overrides.</summary>
    /// <returns>
    /// The versions of the meter with the scope <c>""</c>, then those of items with <c>"item:ID"</c>, then those of payees with
    /// <c>"payee:ID"</c>; ids in ordinal order, the versions of a scope by first day. The order does not depend on the order in which they
    /// were added.
    /// </returns>
    public IEnumerable<RateVersion> All() => _all.AsEnumerable();

    private static IEnumerable<RateVersion> InOrder(Dictionary<string, RateVersions> owners) =>
        owners.OrderBy(owner => owner.Key, StringComparer.Ordinal).SelectMany(owner => owner.Value.All);
}
