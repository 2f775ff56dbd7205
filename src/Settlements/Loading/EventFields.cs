using Settlements.Stores;

namespace Settlements;

/// <summary>Converts the fields of a row of an event file to an event.</summary>
internal static class EventFields
{
    /// <summary>Adds the event of a row to a batch that is not full.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rowNumber">The number of the row.</param>
    /// <param name="fields">The fields, as many as the file has columns.</param>
    /// <param name="hasNotes">Whether the file has the two optional columns.</param>
    /// <param name="check">The check that accepts well-formed events; <see langword="null"/> to accept all.</param>
    /// <returns><see langword="null"/>, or the reason for the rejection, with the first invalid column.</returns>
    public static Rejection? AddTo(EventBatch batch, long rowNumber, in CsvFields fields, bool hasNotes, EventCheck? check)
    {
        if (EventIdText.Read(fields[0], out var eventId) is { } wrongId)
            return new Rejection(EventColumns.EventId, wrongId);
        if (eventId == Guid.Empty)
            return new Rejection(EventColumns.EventId, EventRules.EmptyId);
        if (InstantText.Read(fields[1], out var occurredAt) is { } wrongInstant)
            return new Rejection(EventColumns.OccurredAt, wrongInstant);
        var meter = fields[2];
        if (EventRules.CheckText(meter) is { } wrongMeter)
            return new Rejection(EventColumns.Meter, wrongMeter);
        var itemId = fields[3];
        if (EventRules.CheckText(itemId) is { } wrongItem)
            return new Rejection(EventColumns.ItemId, wrongItem);
        var payeeId = fields[4];
        if (EventRules.CheckText(payeeId) is { } wrongPayee)
            return new Rejection(EventColumns.PayeeId, wrongPayee);
        if (QuantityText.Read(fields[5], out var quantity) is { } wrongQuantity)
            return new Rejection(EventColumns.Quantity, wrongQuantity);
        var reason = hasNotes ? fields[6] : default;
        if (EventRules.CheckOptionalText(reason, UsageEvent.ReasonLengthMax) is { } wrongReason)
            return new Rejection(EventColumns.Reason, wrongReason);
        var reference = hasNotes ? fields[7] : default;
        if (EventRules.CheckOptionalText(reference, UsageEvent.ReferenceLengthMax) is { } wrongReference)
            return new Rejection(EventColumns.Reference, wrongReference);
        if (check?.Check(meter, occurredAt, itemId, payeeId) is { } notAccepted)
            return notAccepted;

        batch.Add(rowNumber, eventId, occurredAt, meter, itemId, payeeId, quantity, reason, reference);
        return null;
    }
}
