using System.Text;

namespace Settlements;

/// <summary>
/// The policy by which well-formed events are accepted: they have a known meter and a usage date with a rate version, and are neither
/// before the first business day nor too far in the future. Created once from the plan. Immutable and thread-safe.
/// </summary>
internal sealed class EventPolicy
{
    private readonly Dictionary<byte[], MeterRule> _meters = new(MeterName.Instance);
    private readonly Dictionary<byte[], MeterRule>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _aheadMax;

    /// <param name="plan">The plan, with the rates in code.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="hasOtherRates">
    /// Whether the store or the application's source has rates too. They can cover dates that the rates in code do not, so that events of
    /// any date are accepted; those without a version are quarantined by the close.
    /// </param>
    public EventPolicy(SettlementPlan plan, TimeProvider clock, bool hasOtherRates = false)
    {
        (_clock, _aheadMax) = (clock, plan.AheadMax);
        Calendar = plan.Calendar;
        StartsOn = plan.StartsOn;
        StartsAt = plan.StartsOn is { } day ? StartOf(day) : long.MinValue;
        foreach (var meter in plan.UnpricedMeters)
            _meters[Encoding.UTF8.GetBytes(meter)] = new MeterRule(meter, null, StartsAt);
        foreach (var (meter, rates) in plan.Rates)
        {
            // A version is in force until the next one starts, and overrides fall back to the versions of the meter: no gap after the
            // first.
            var covered = hasOtherRates ? StartsAt : rates.Versions is [var first, ..] ? StartOf(first.FirstDay) : long.MaxValue;
            _meters[Encoding.UTF8.GetBytes(meter)] = new MeterRule(meter, rates, Math.Max(covered, StartsAt));
        }

        _byName = _meters.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public BusinessCalendar Calendar { get; }

    public DateOnly? StartsOn { get; }

    /// <summary>
    /// Gets the first instant of <see cref="StartsOn"/>, in microseconds since 1970; <see cref="long.MinValue"/> without it.
    /// </summary>
    public long StartsAt { get; }

    public TimeSpan AheadMax => _aheadMax;

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Finds the rule of a meter; <see langword="null"/> when the meter has no rates and is not declared.</summary>
    public MeterRule? Find(ReadOnlySpan<byte> meter) => _byName.TryGetValue(meter, out var rule) ? rule : null;

    private long StartOf(DateOnly day) =>
        day < BusinessCalendar.FirstDay ? long.MinValue
        : day > BusinessCalendar.LastDay ? long.MaxValue
        : UnixMicroseconds.From(Calendar.RangeOf(day).Start);

    /// <summary>The acceptance rule of a meter.</summary>
    /// <param name="name">The meter.</param>
    /// <param name="rates">The rates; <see langword="null"/> for an unpriced meter.</param>
    /// <param name="acceptedFrom">
    /// The instant (microseconds since 1970) from which every item and payee has a price, not before <see cref="StartsAt"/>.
    /// </param>
    internal sealed class MeterRule(string name, MeterRates? rates, long acceptedFrom)
    {
        public readonly byte[] Utf8 = Encoding.UTF8.GetBytes(name);
        public readonly string Name = name;
        public readonly MeterRates? Rates = rates;
        public readonly long AcceptedFrom = acceptedFrom;
    }

    private sealed class MeterName : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly MeterName Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
