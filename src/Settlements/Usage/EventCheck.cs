using System.Globalization;
using System.Text;

namespace Settlements;

/// <summary>
/// Validates events against an <see cref="EventPolicy"/>. It caches the last meter and the latest accepted instant, so that nearly every
/// event costs three comparisons, allocates nothing and doesn't read the clock. Not thread-safe.
/// </summary>
internal sealed class EventCheck(EventPolicy policy)
{
    private EventPolicy.MeterRule? _last;

    // The latest accepted instant as of the last clock read. It only grows, so a cached value never accepts too much.
    private long _acceptedUntil = long.MinValue;

    /// <param name="meter">The meter, as UTF-8 of a well-formed event, like the other texts.</param>
    /// <param name="occurredAt">Microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="itemId">The item; used only before the first rate version of the meter.</param>
    /// <param name="payeeId">The payee; used like the item.</param>
    /// <returns><see langword="null"/>, or the reason for the rejection.</returns>
    public Rejection? Check(ReadOnlySpan<byte> meter, long occurredAt, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId)
    {
        var rule = _last is { } last && meter.SequenceEqual(last.Utf8) ? last : policy.Find(meter);
        if (rule is null)
            return UnknownMeter(MessageText.Escape(meter));
        _last = rule;
        return occurredAt >= rule.AcceptedFrom && occurredAt <= _acceptedUntil ? null : CheckInstant(rule, occurredAt, itemId, payeeId);
    }

    private Rejection? CheckInstant(EventPolicy.MeterRule rule, long occurredAt, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId)
    {
        if (occurredAt > _acceptedUntil)
        {
            var now = policy.Now;
            _acceptedUntil = UnixMicroseconds.From(now + policy.AheadMax);
            if (occurredAt > _acceptedUntil)
                return TooFarAhead(occurredAt, now);
        }

        if (occurredAt < policy.StartsAt)
            return BeforeStart(occurredAt);
        if (occurredAt >= rule.AcceptedFrom)
            return null;

        var day = policy.Calendar.DayOf(UnixMicroseconds.ToInstant(occurredAt));
        return HasOverride(rule, day, itemId, payeeId) ? null : NoVersion(rule, day, occurredAt, itemId, payeeId);
    }

    private static bool HasOverride(EventPolicy.MeterRule rule, DateOnly day, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId)
    {
        // A UTF-8 text has at most as many chars as bytes.
        const int CharsMax = UsageEvent.TextLengthMax * 4;
        Span<char> item = stackalloc char[CharsMax];
        Span<char> payee = stackalloc char[CharsMax];
        item = item[..Encoding.UTF8.GetChars(itemId, item)];
        payee = payee[..Encoding.UTF8.GetChars(payeeId, payee)];
        return rule.Rates!.HasOverride(day, item, payee);
    }

    private static Rejection UnknownMeter(string meter) => new(
        EventColumns.Meter,
        $"Meter '{meter}' has no rates and is not declared. Correct the name, add rates with Rates(\"{meter}\", …), or "
        + $"declare it as unpriced with Meter(\"{meter}\").");

    private Rejection TooFarAhead(long occurredAt, DateTimeOffset now) => new(EventColumns.OccurredAt, string.Create(
        CultureInfo.InvariantCulture,
        $"'{Instant(occurredAt)}' is more than {policy.AheadMax:c} (AheadMax) ahead of the current time, {EventText.Instant(now)}. "
        + $"Correct the instant or the clock of the sender, or raise AheadMax."));

    private Rejection BeforeStart(long occurredAt) => new(EventColumns.OccurredAt, string.Create(
        CultureInfo.InvariantCulture,
        $"'{Instant(occurredAt)}' is before {policy.StartsOn:O}, the first business day (StartsOn). Correct the instant, "
        + $"or omit the event."));

    private static Rejection NoVersion(
        EventPolicy.MeterRule rule, DateOnly day, long occurredAt, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId)
    {
        var first = rule.Rates!.Versions is [var version, ..]
            ? string.Create(CultureInfo.InvariantCulture, $"the first version of the meter starts on {version.FirstDay:O}")
            : "the meter has only overrides of items and payees";
        return new Rejection(EventColumns.OccurredAt, string.Create(
            CultureInfo.InvariantCulture,
            $"'{Instant(occurredAt)}' has the usage date {day:O}, which no rate version of meter '{rule.Name}' covers for item "
            + $"'{MessageText.Escape(itemId)}' and payee '{MessageText.Escape(payeeId)}': {first}. Correct the "
            + $"instant, or add a version that covers the date."));
    }

    private static string Instant(long occurredAt) => EventText.Instant(UnixMicroseconds.ToInstant(occurredAt));
}
