using Settlement.BillableEvents;
using Settlement.Bulk;

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

    /// <summary>The fields of a row of a file.</summary>
    /// <param name="fields">As many as the file has columns.</param>
    /// <param name="hasNotes">Whether it has the two optional columns.</param>
    public static EventFields From(CsvFields fields, bool hasNotes) => new()
    {
        EventId = fields[0],
        OccurredAt = fields[1],
        Meter = fields[2],
        ItemId = fields[3],
        PayeeId = fields[4],
        Quantity = fields[5],
        Reason = hasNotes ? fields[6] : default,
        Reference = hasNotes ? fields[7] : default,
    };

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
}
