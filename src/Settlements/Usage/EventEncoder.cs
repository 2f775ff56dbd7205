using System.Buffers;
using System.Text.Unicode;
using Settlements.Stores;

namespace Settlements;

/// <summary>Checks events that come as values, and adds them to batches as UTF-8: the rules and the words of the file. One owner at a
/// time.</summary>
/// <param name="policy">Which well-formed events are accepted; <see langword="null"/> for all, when they were checked before.</param>
internal sealed class EventEncoder(EventPolicy? policy = null)
{
    private readonly EventCheck? _check = policy is null ? null : new EventCheck(policy);

    // A code point takes at most 4 bytes: what does not fit is too long.
    private const int TextBytesMax = UsageEvent.TextLengthMax * 4;

    private const string LoneSurrogate = "The text holds a lone surrogate, which has no UTF-8 form. Give a text that is valid Unicode.";

    private readonly byte[] _texts = new byte[3 * TextBytesMax];

    // Made for the first event that has a reason or a reference.
    private byte[]? _notes;

    /// <summary>Adds an event to a batch that has room.</summary>
    /// <returns><see langword="null"/>, or why the event is refused; then the first column at fault is named.</returns>
    public Refusal? AddTo(EventBatch batch, long rowNumber, UsageEvent billable)
    {
        if (Encode(billable, out var meter, out var itemId, out var payeeId, out var reason, out var reference) is { } refusal)
            return refusal;

        batch.Add(
            rowNumber, billable.EventId, UnixMicroseconds.From(billable.OccurredAt), meter, itemId, payeeId, billable.Quantity, reason, reference);
        return null;
    }

    /// <summary>Checks an event.</summary>
    /// <returns>As <see cref="AddTo"/>.</returns>
    public Refusal? Check(UsageEvent billable) => Encode(billable, out _, out _, out _, out _, out _);

    private Refusal? Encode(
        UsageEvent billable, out ReadOnlySpan<byte> meter, out ReadOnlySpan<byte> itemId, out ReadOnlySpan<byte> payeeId,
        out ReadOnlySpan<byte> reason, out ReadOnlySpan<byte> reference)
    {
        meter = itemId = payeeId = reason = reference = default;
        if (billable.EventId == Guid.Empty)
            return new Refusal(EventColumns.EventId, EventRules.EmptyId);
        var occurredAt = UnixMicroseconds.From(billable.OccurredAt);
        if (!EventRules.IsInRange(occurredAt))
            return new Refusal(EventColumns.OccurredAt, EventRules.OutOfRange(EventText.Instant(billable.OccurredAt), occurredAt));
        if (Encode(billable.Meter, 0, out meter) is { } wrongMeter)
            return new Refusal(EventColumns.Meter, wrongMeter);
        if (Encode(billable.ItemId, 1, out itemId) is { } wrongItem)
            return new Refusal(EventColumns.ItemId, wrongItem);
        if (Encode(billable.PayeeId, 2, out payeeId) is { } wrongPayee)
            return new Refusal(EventColumns.PayeeId, wrongPayee);
        if (EventRules.RefuseQuantity(billable.Quantity) is { } wrongQuantity)
            return new Refusal(EventColumns.Quantity, wrongQuantity);
        return EncodeNotes(billable, out reason, out reference) ?? _check?.Refuse(meter, occurredAt, itemId, payeeId);
    }

    private string? Encode(string? text, int place, out ReadOnlySpan<byte> utf8)
    {
        var room = _texts.AsSpan(place * TextBytesMax, TextBytesMax);
        var status = Utf8.FromUtf16(text, room, out _, out var written, replaceInvalidSequences: false);
        utf8 = room[..written];
        return status switch
        {
            OperationStatus.Done => EventRules.RefuseText(utf8),
            OperationStatus.DestinationTooSmall => EventRules.TextTooLong(CodePoints.Count(text ?? "")),
            _ => LoneSurrogate,
        };
    }

    private Refusal? EncodeNotes(UsageEvent billable, out ReadOnlySpan<byte> reason, out ReadOnlySpan<byte> reference)
    {
        reason = reference = default;
        if (billable.Reason is null && billable.Reference is null)
            return null;

        _notes ??= new byte[(UsageEvent.ReasonLengthMax + UsageEvent.ReferenceLengthMax) * 4];
        var reasonRoom = _notes.AsSpan(0, UsageEvent.ReasonLengthMax * 4);
        if (EncodeNote(billable.Reason, UsageEvent.ReasonLengthMax, reasonRoom, out reason) is { } wrongReason)
            return new Refusal(EventColumns.Reason, wrongReason);
        return EncodeNote(billable.Reference, UsageEvent.ReferenceLengthMax, _notes.AsSpan(reasonRoom.Length), out reference) is { } wrongReference
            ? new Refusal(EventColumns.Reference, wrongReference)
            : null;
    }

    private static string? EncodeNote(string? text, int lengthMax, Span<byte> room, out ReadOnlySpan<byte> utf8)
    {
        var status = Utf8.FromUtf16(text, room, out _, out var written, replaceInvalidSequences: false);
        utf8 = room[..written];
        return status switch
        {
            OperationStatus.Done => EventRules.RefuseNote(utf8, lengthMax),
            OperationStatus.DestinationTooSmall => EventRules.NoteTooLong(CodePoints.Count(text ?? ""), lengthMax),
            _ => LoneSurrogate,
        };
    }
}
