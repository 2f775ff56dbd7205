using System.Buffers;
using System.Text.Unicode;
using Settlement.BillableEvents;
using Settlement.Calendars;

namespace Settlement.Loading;

/// <summary>Takes events as values, by the same rules and with the same words as <see cref="CsvEventReader"/>.</summary>
/// <param name="events">Enumerated once, to its end or to the row that is malformed after <paramref name="rejectsMax"/> others.</param>
/// <param name="rejectsMax">See <see cref="LoadOptions.RejectsMax"/>.</param>
internal sealed class TypedEventReader(IAsyncEnumerable<BillableEvent> events, int rejectsMax) : ILoadSource
{
    // A code point takes at most 4 bytes: what does not fit is too long.
    private const int TextBytesMax = BillableEvent.TextLengthMax * 4;

    private readonly byte[] _texts = new byte[3 * TextBytesMax];
    private IAsyncEnumerator<BillableEvent>? _enumerator;
    private long _rowNumber;
    private long _malformed;

    /// <inheritdoc/>
    public async ValueTask<bool> FillAsync(LoadChunk chunk, CancellationToken cancellationToken)
    {
        _enumerator ??= events.GetAsyncEnumerator(cancellationToken);
        while (!chunk.IsFull)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await _enumerator.MoveNextAsync().ConfigureAwait(false))
                return false;

            _rowNumber++;
            var current = _enumerator.Current;
            if (AddTo(chunk.Batch, current) is not { } refusal)
                continue;

            chunk.Rejected.Add(RejectedRow.From(_rowNumber, refusal, EventText.Row(current)));
            if (++_malformed > rejectsMax)
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _enumerator?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Refusal? AddTo(EventBatch batch, BillableEvent billable)
    {
        var occurredAt = UnixMicroseconds.From(billable.OccurredAt);
        if (!EventRules.IsInRange(occurredAt))
            return new Refusal(EventColumns.OccurredAt, EventRules.OutOfRange(EventText.Instant(billable.OccurredAt), occurredAt));
        if (Encode(billable.Meter, 0, out var meter) is { } wrongMeter)
            return new Refusal(EventColumns.Meter, wrongMeter);
        if (Encode(billable.ItemId, 1, out var itemId) is { } wrongItem)
            return new Refusal(EventColumns.ItemId, wrongItem);
        if (Encode(billable.PayeeId, 2, out var payeeId) is { } wrongPayee)
            return new Refusal(EventColumns.PayeeId, wrongPayee);
        if (EventRules.RefuseQuantity(billable.Quantity) is { } wrongQuantity)
            return new Refusal(EventColumns.Quantity, wrongQuantity);

        batch.Add(_rowNumber, billable.EventId, occurredAt, meter, itemId, payeeId, billable.Quantity);
        return null;
    }

    private string? Encode(string? text, int place, out ReadOnlySpan<byte> utf8)
    {
        var room = _texts.AsSpan(place * TextBytesMax, TextBytesMax);
        var status = Utf8.FromUtf16(text, room, out _, out var written, replaceInvalidSequences: false);
        utf8 = room[..written];
        return status switch
        {
            OperationStatus.Done => EventRules.RefuseText(utf8),
            OperationStatus.DestinationTooSmall => EventRules.TextTooLong((text ?? "").EnumerateRunes().Count()),
            _ => "The text holds a lone surrogate, which has no UTF-8 form. Give a text that is valid Unicode.",
        };
    }
}
