using System.Buffers;
using System.Text.Unicode;
using Settlements.Stores;

namespace Settlements;

/// <summary>Validates events and adds them to batches as UTF-8, with the rules and messages of event files. Not thread-safe.</summary>
/// <param name="policy">The policy that accepts well-formed events; <see langword="null"/> when they are already checked.</param>
internal sealed class EventEncoder(EventPolicy? policy = null)
{
    private readonly EventCheck? _check = policy is null ? null : new EventCheck(policy);

    // A code point has at most 4 bytes: a text that does not fit is too long.
    private const int TextBytesMax = UsageEvent.TextLengthMax * 4;

    private const string UnpairedSurrogate = "The text contains an unpaired surrogate, which has no UTF-8 form. Use valid Unicode.";

    private readonly byte[] _texts = new byte[3 * TextBytesMax];

    // Allocated for the first event that has a reason or a reference.
    private byte[]? _notes;

    /// <summary>Adds an event to a batch that is not full.</summary>
    /// <returns><see langword="null"/>, or the reason for the rejection, with the first invalid column.</returns>
    public Rejection? AddTo(EventBatch batch, long rowNumber, UsageEvent usageEvent)
    {
        if (Encode(usageEvent, out var meter, out var itemId, out var payeeId, out var reason, out var reference) is { } rejection)
            return rejection;

        batch.Add(
            rowNumber, usageEvent.EventId, UnixMicroseconds.From(usageEvent.OccurredAt), meter, itemId, payeeId, usageEvent.Quantity,
            reason, reference);
        return null;
    }

    /// <summary>Validates an event.</summary>
    /// <returns>Like <see cref="AddTo"/>.</returns>
    public Rejection? Check(UsageEvent usageEvent) => Encode(usageEvent, out _, out _, out _, out _, out _);

    private Rejection? Encode(
        UsageEvent usageEvent, out ReadOnlySpan<byte> meter, out ReadOnlySpan<byte> itemId, out ReadOnlySpan<byte> payeeId,
        out ReadOnlySpan<byte> reason, out ReadOnlySpan<byte> reference)
    {
        meter = itemId = payeeId = reason = reference = default;
        if (usageEvent.EventId == Guid.Empty)
            return new Rejection(EventColumns.EventId, EventRules.EmptyId);
        var occurredAt = UnixMicroseconds.From(usageEvent.OccurredAt);
        if (!EventRules.IsInRange(occurredAt))
            return new Rejection(EventColumns.OccurredAt, EventRules.OutOfRange(EventText.Instant(usageEvent.OccurredAt), occurredAt));
        if (Encode(usageEvent.Meter, 0, out meter) is { } wrongMeter)
            return new Rejection(EventColumns.Meter, wrongMeter);
        if (Encode(usageEvent.ItemId, 1, out itemId) is { } wrongItem)
            return new Rejection(EventColumns.ItemId, wrongItem);
        if (Encode(usageEvent.PayeeId, 2, out payeeId) is { } wrongPayee)
            return new Rejection(EventColumns.PayeeId, wrongPayee);
        if (EventRules.CheckQuantity(usageEvent.Quantity) is { } wrongQuantity)
            return new Rejection(EventColumns.Quantity, wrongQuantity);
        return EncodeNotes(usageEvent, out reason, out reference) ?? _check?.Check(meter, occurredAt, itemId, payeeId);
    }

    private string? Encode(string? text, int slot, out ReadOnlySpan<byte> utf8)
    {
        var buffer = _texts.AsSpan(slot * TextBytesMax, TextBytesMax);
        var status = Utf8.FromUtf16(text, buffer, out _, out var written, replaceInvalidSequences: false);
        utf8 = buffer[..written];
        return status switch
        {
            OperationStatus.Done => EventRules.CheckText(utf8),
            OperationStatus.DestinationTooSmall => EventRules.TextTooLong(CodePoints.Count(text ?? "")),
            _ => UnpairedSurrogate,
        };
    }

    private Rejection? EncodeNotes(UsageEvent usageEvent, out ReadOnlySpan<byte> reason, out ReadOnlySpan<byte> reference)
    {
        reason = reference = default;
        if (usageEvent.Reason is null && usageEvent.Reference is null)
            return null;

        _notes ??= new byte[(UsageEvent.ReasonLengthMax + UsageEvent.ReferenceLengthMax) * 4];
        var reasonBuffer = _notes.AsSpan(0, UsageEvent.ReasonLengthMax * 4);
        if (EncodeNote(usageEvent.Reason, UsageEvent.ReasonLengthMax, reasonBuffer, out reason) is { } wrongReason)
            return new Rejection(EventColumns.Reason, wrongReason);
        var referenceBuffer = _notes.AsSpan(reasonBuffer.Length);
        return EncodeNote(usageEvent.Reference, UsageEvent.ReferenceLengthMax, referenceBuffer, out reference) is { } wrongReference
            ? new Rejection(EventColumns.Reference, wrongReference)
            : null;
    }

    private static string? EncodeNote(string? text, int lengthMax, Span<byte> buffer, out ReadOnlySpan<byte> utf8)
    {
        var status = Utf8.FromUtf16(text, buffer, out _, out var written, replaceInvalidSequences: false);
        utf8 = buffer[..written];
        return status switch
        {
            OperationStatus.Done => EventRules.CheckOptionalText(utf8, lengthMax),
            OperationStatus.DestinationTooSmall => EventRules.OptionalTextTooLong(CodePoints.Count(text ?? ""), lengthMax),
            _ => UnpairedSurrogate,
        };
    }
}
