using System.Text.Unicode;
using Settlement.BillableEvents;

namespace Settlement.Loading;

/// <summary>The fields of a row, without quotes.</summary>
internal readonly ref struct EventFields
{
    public required ReadOnlySpan<byte> EventId { get; init; }
    public required ReadOnlySpan<byte> OccurredAt { get; init; }
    public required ReadOnlySpan<byte> Meter { get; init; }
    public required ReadOnlySpan<byte> ItemId { get; init; }
    public required ReadOnlySpan<byte> PayeeId { get; init; }
    public required ReadOnlySpan<byte> Quantity { get; init; }

    /// <summary>Empty when absent.</summary>
    public ReadOnlySpan<byte> Reason { get; init; }

    /// <summary>Empty when absent.</summary>
    public ReadOnlySpan<byte> Reference { get; init; }

    /// <summary>Splits a row that has neither quotes nor carriage returns: nearly every row there is.</summary>
    /// <param name="row">The row.</param>
    /// <param name="hasNotes">Whether it has the two optional columns.</param>
    /// <param name="fields">The fields.</param>
    /// <returns>Whether there are exactly as many fields as there should be.</returns>
    public static bool TrySplitPlain(ReadOnlySpan<byte> row, bool hasNotes, out EventFields fields)
    {
        fields = default;
        ReadOnlySpan<byte> quantity = default;
        ReadOnlySpan<byte> reason = default;
        if (!TryCut(ref row, out var eventId) || !TryCut(ref row, out var occurredAt) || !TryCut(ref row, out var meter)
            || !TryCut(ref row, out var itemId) || !TryCut(ref row, out var payeeId)
            || (hasNotes && (!TryCut(ref row, out quantity) || !TryCut(ref row, out reason))) || row.Contains((byte)','))
        {
            return false;
        }

        fields = new EventFields
        {
            EventId = eventId,
            OccurredAt = occurredAt,
            Meter = meter,
            ItemId = itemId,
            PayeeId = payeeId,
            Quantity = hasNotes ? quantity : row,
            Reason = reason,
            Reference = hasNotes ? row : default,
        };
        return true;
    }

    /// <summary>Adds the row's event to a batch that has room.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rowNumber">The row's number.</param>
    /// <param name="check">Which well-formed events are accepted; <see langword="null"/> for all.</param>
    /// <returns><see langword="null"/>, or why the row is refused; then the first column at fault is named.</returns>
    public Refusal? AddTo(EventBatch batch, long rowNumber, EventCheck? check)
    {
        if (EventIdText.Read(EventId, out var eventId) is { } wrongId)
            return new Refusal(EventColumns.EventId, wrongId);
        if (eventId == Guid.Empty)
            return new Refusal(EventColumns.EventId, EventRules.EmptyId);
        if (InstantText.Read(OccurredAt, out var occurredAt) is { } wrongInstant)
            return new Refusal(EventColumns.OccurredAt, wrongInstant);
        if (EventRules.RefuseText(Meter) is { } wrongMeter)
            return new Refusal(EventColumns.Meter, wrongMeter);
        if (EventRules.RefuseText(ItemId) is { } wrongItem)
            return new Refusal(EventColumns.ItemId, wrongItem);
        if (EventRules.RefuseText(PayeeId) is { } wrongPayee)
            return new Refusal(EventColumns.PayeeId, wrongPayee);
        if (QuantityText.Read(Quantity, out var quantity) is { } wrongQuantity)
            return new Refusal(EventColumns.Quantity, wrongQuantity);
        if (EventRules.RefuseNote(Reason, BillableEvent.ReasonLengthMax) is { } wrongReason)
            return new Refusal(EventColumns.Reason, wrongReason);
        if (EventRules.RefuseNote(Reference, BillableEvent.ReferenceLengthMax) is { } wrongReference)
            return new Refusal(EventColumns.Reference, wrongReference);
        if (check?.Refuse(Meter, occurredAt, ItemId, PayeeId) is { } notAccepted)
            return notAccepted;

        batch.Add(rowNumber, eventId, occurredAt, Meter, ItemId, PayeeId, quantity, Reason, Reference);
        return null;
    }

    /// <summary>The refusal of a row of which some field is known not to be UTF-8.</summary>
    public Refusal RefuseEncoding()
    {
        const string reason = "The text holds bytes that are not UTF-8. Save the file as UTF-8.";
        return new Refusal(
            !Utf8.IsValid(EventId) ? EventColumns.EventId
            : !Utf8.IsValid(OccurredAt) ? EventColumns.OccurredAt
            : !Utf8.IsValid(Meter) ? EventColumns.Meter
            : !Utf8.IsValid(ItemId) ? EventColumns.ItemId
            : !Utf8.IsValid(PayeeId) ? EventColumns.PayeeId
            : !Utf8.IsValid(Quantity) ? EventColumns.Quantity
            : !Utf8.IsValid(Reason) ? EventColumns.Reason
            : EventColumns.Reference,
            reason);
    }

    private static bool TryCut(scoped ref ReadOnlySpan<byte> row, out ReadOnlySpan<byte> field)
    {
        var comma = row.IndexOf((byte)',');
        if (comma < 0)
        {
            field = default;
            return false;
        }

        field = row[..comma];
        row = row[(comma + 1)..];
        return true;
    }
}
