using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>
/// All that a meter pays: the versions of its rate table, the tables that items and payees have of their own, and how lines are
/// rounded. Immutable and thread-safe.
/// </summary>
public sealed class MeterRates
{
    private readonly RateVersions _versions;
    private readonly Dictionary<string, RateVersions> _items;
    private readonly Dictionary<string, RateVersions> _payees;

    private MeterRates(string meter, MeterRatesBuilder builder)
    {
        Meter = meter;
        Rounding = builder.Rounding;
        _versions = new(builder.Versions);
        _items = builder.Items.ToDictionary(own => own.Key, own => new RateVersions(own.Value.Versions), StringComparer.Ordinal);
        _payees = builder.Payees.ToDictionary(own => own.Key, own => new RateVersions(own.Value.Versions), StringComparer.Ordinal);
        Periods = [.. All().Select(v => v.Table.CounterPeriod).Distinct().Order()];
        PeriodFirstDays = [.. Periods.Select(p => All().Where(v => v.Table.CounterPeriod == p).Min(v => v.FirstDay))];
        HasVolume = All().Any(v => v.Table.Mode == RateMode.Volume);
    }

    /// <summary>The meter that is priced: 1 to 64 characters.</summary>
    public string Meter { get; }

    /// <summary>How a line's exact amount is rounded, whichever version priced it.</summary>
    public Rounding Rounding { get; }

    /// <summary>The meter's own versions, in the order of their first days; empty when only items or payees have a table.</summary>
    public IReadOnlyList<RateVersion> Versions => _versions.All;

    /// <summary>Makes a meter's rates, or says everything that is wrong with them.</summary>
    /// <param name="meter">The meter's name: 1 to 64 characters (code points).</param>
    /// <param name="configure">Adds versions and overrides. Called once.</param>
    /// <returns>The rates.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/>, or a currency or table that it gave, is null.</exception>
    /// <exception cref="RateTableException">The rates have errors: all of them, naming the meter and the version.</exception>
    public static MeterRates Build(string meter, Action<MeterRatesBuilder> configure) =>
        TryBuild(meter, configure, out var rates, out var errors) ? rates : throw RateTableException.OfMeter(errors);

    /// <summary>Makes a meter's rates, or gives everything that is wrong with them, to be said with the errors of other meters.</summary>
    /// <param name="meter">The meter's name: 1 to 64 characters (code points).</param>
    /// <param name="configure">Adds versions and overrides. Called once.</param>
    /// <param name="rates">The rates; null when there are errors.</param>
    /// <param name="errors">Every fault as a sentence that names the meter and the version; empty when there are none.</param>
    /// <returns>Whether there are no errors.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/>, or a currency or table that it gave, is null.</exception>
    public static bool TryBuild(
        string meter, Action<MeterRatesBuilder> configure, [NotNullWhen(true)] out MeterRates? rates, out IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new MeterRatesBuilder(meter);
        builder.Configure(configure);
        errors = MeterRatesValidator.Of(builder);
        rates = errors.Count == 0 ? new(meter, builder) : null;
        return rates is not null;
    }

    /// <summary>
    /// The version that prices an item on a day: the item's own, else the payee's own, else the meter's; of each, the one with the latest
    /// first day at or before that day. An override that hasn't started yet leaves the day to the next.
    /// </summary>
    /// <param name="day">The business day.</param>
    /// <param name="itemId">The item, compared by bytes.</param>
    /// <param name="payeeId">The payee whom the event names, compared by bytes.</param>
    /// <returns>The version; null when none has started by that day, which is then unpriced.</returns>
    /// <remarks>Made to be called for every line: nothing is allocated.</remarks>
    public RateVersion? Find(DateOnly day, string itemId, string payeeId) => Find(day, itemId, payeeId, isInForce: null);

    /// <summary>The same, where superseding versions are in force on some days only.</summary>
    internal RateVersion? Find(DateOnly day, string itemId, string payeeId, Func<RateVersion, DateOnly, bool>? isInForce)
    {
        // The common meter has no overrides: its ids needn't be hashed at all.
        if (_items.Count > 0 && _items.TryGetValue(itemId, out var item) && item.On(day, isInForce) is { } itemVersion)
            return itemVersion;
        if (_payees.Count > 0 && _payees.TryGetValue(payeeId, out var payee) && payee.On(day, isInForce) is { } payeeVersion)
            return payeeVersion;
        return _versions.On(day, isInForce);
    }

    /// <summary>The version of a scope by its name.</summary>
    internal RateVersion? FindByName(string scope, string version) => All().FirstOrDefault(v => v.Scope == scope && v.Version == version);

    /// <summary>What the counters of the meter's items run over: every kind that one of its versions counts over.</summary>
    internal IReadOnlyList<CounterPeriod> Periods { get; private init; } = [];

    /// <summary>The first usage date of the versions that count over each of <see cref="Periods"/>.</summary>
    internal IReadOnlyList<DateOnly> PeriodFirstDays { get; private init; } = [];

    internal bool HasVolume { get; private init; }

    internal bool IsVolume(string scope, string version) => FindByName(scope, version)?.Table.Mode == RateMode.Volume;

    /// <summary>Whether an override of the item or the payee has started by a day. Allocates nothing.</summary>
    /// <param name="day">The business day.</param>
    /// <param name="itemId">The item, compared by bytes.</param>
    /// <param name="payeeId">The payee, compared by bytes.</param>
    internal bool HasOverride(DateOnly day, ReadOnlySpan<char> itemId, ReadOnlySpan<char> payeeId) =>
        (_items.Count > 0 && _items.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(itemId, out var item) && item.On(day) is not null)
        || (_payees.Count > 0 && _payees.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(payeeId, out var payee) && payee.On(day) is not null);

    /// <summary>Every version there is.</summary>
    /// <returns>
    /// The meter's own with scope <c>""</c>, then each item's with <c>"item:ID"</c>, then each payee's with <c>"payee:ID"</c>; ids in
    /// ordinal order, the versions of a scope by first day. The same rates give the same order, however they were written down.
    /// </returns>
    public IEnumerable<RateVersion> All() => _versions.All.Concat(InOrder(_items)).Concat(InOrder(_payees));

    private static IEnumerable<RateVersion> InOrder(Dictionary<string, RateVersions> owners) =>
        owners.OrderBy(owner => owner.Key, StringComparer.Ordinal).SelectMany(owner => owner.Value.All);
}
