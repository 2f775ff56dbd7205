using System.Globalization;
using System.Text;

namespace Settlements;

/// <summary>
/// Checks event after event by an <see cref="EventPolicy"/>. It remembers the last meter and how far ahead events may be, so that nearly every
/// event costs three comparisons, allocates nothing and doesn't read the clock. One owner at a time.
/// </summary>
internal sealed class EventCheck(EventPolicy policy)
{
    private EventPolicy.MeterRule? _last;

    // Time goes on: what was not too far ahead at the last look at the clock isn't now.
    private long _acceptedUntil = long.MinValue;

    /// <param name="meter">UTF-8 of a well-formed event, as the other texts.</param>
    /// <param name="occurredAt">Microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="itemId">Looked at only before the meter's first version.</param>
    /// <param name="payeeId">Likewise.</param>
    /// <returns><see langword="null"/>, or why the event is refused.</returns>
    public Refusal? Refuse(ReadOnlySpan<byte> meter, long occurredAt, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId)
    {
        var rule = _last is { } last && meter.SequenceEqual(last.Utf8) ? last : policy.Find(meter);
        if (rule is null)
            return UnknownMeter(MessageText.Escape(meter));
        _last = rule;
        return occurredAt >= rule.AcceptedFrom && occurredAt <= _acceptedUntil ? null : RefuseInstant(rule, occurredAt, itemId, payeeId);
    }

    private Refusal? RefuseInstant(EventPolicy.MeterRule rule, long occurredAt, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId)
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
        // A character of UTF-8 is at most as many chars as it has bytes.
        const int CharsMax = UsageEvent.TextLengthMax * 4;
        Span<char> item = stackalloc char[CharsMax];
        Span<char> payee = stackalloc char[CharsMax];
        item = item[..Encoding.UTF8.GetChars(itemId, item)];
        payee = payee[..Encoding.UTF8.GetChars(payeeId, payee)];
        return rule.Rates!.HasOverride(day, item, payee);
    }

    private static Refusal UnknownMeter(string meter) => new(
        EventColumns.Meter,
        $"Meter '{meter}' is neither priced nor declared. Correct it; or give it rates, Rates(\"{meter}\", …), or declare it without a price, "
        + $"Meter(\"{meter}\").");

    private Refusal TooFarAhead(long occurredAt, DateTimeOffset now) => new(EventColumns.OccurredAt, string.Create(
        CultureInfo.InvariantCulture,
        $"'{Instant(occurredAt)}' is more than {policy.AheadMax:c} (AheadMax) ahead of now, {EventText.Instant(now)}. "
        + $"Correct the instant or the sender's clock, or raise AheadMax."));

    private Refusal BeforeStart(long occurredAt) => new(EventColumns.OccurredAt, string.Create(
        CultureInfo.InvariantCulture,
        $"'{Instant(occurredAt)}' is before {policy.StartsOn:O}, the first business day (StartsOn). Correct the instant, or leave the event out."));

    private static Refusal NoVersion(
        EventPolicy.MeterRule rule, DateOnly day, long occurredAt, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId)
    {
        var first = rule.Rates!.Versions is [var version, ..]
            ? string.Create(CultureInfo.InvariantCulture, $"the meter's first version starts on {version.FirstDay:O}")
            : "the meter has versions of single items and payees only";
        return new Refusal(EventColumns.OccurredAt, string.Create(
            CultureInfo.InvariantCulture,
            $"'{Instant(occurredAt)}' has the usage date {day:O}, which no rate version of meter '{rule.Name}' covers for item "
            + $"'{MessageText.Escape(itemId)}' and payee '{MessageText.Escape(payeeId)}': {first}. Correct the instant, or add a version that covers the date."));
    }

    private static string Instant(long occurredAt) => EventText.Instant(UnixMicroseconds.ToInstant(occurredAt));
}
