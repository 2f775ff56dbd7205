using System.Text.Unicode;
using Settlement.BillableEvents;

namespace Settlement.Loading;

/// <summary>The six fields of a row, without quotes.</summary>
internal readonly ref struct EventFields
{
    public required ReadOnlySpan<byte> EventId { get; init; }
    public required ReadOnlySpan<byte> OccurredAt { get; init; }
    public required ReadOnlySpan<byte> Meter { get; init; }
    public required ReadOnlySpan<byte> ItemId { get; init; }
    public required ReadOnlySpan<byte> PayeeId { get; init; }
    public required ReadOnlySpan<byte> Quantity { get; init; }

    /// <summary>Splits a row that has neither quotes nor carriage returns: nearly every row there is.</summary>
    /// <returns>Whether there are exactly six fields.</returns>
    public static bool TrySplitPlain(ReadOnlySpan<byte> row, out EventFields fields)
    {
        fields = default;
        if (!TryCut(ref row, out var eventId) || !TryCut(ref row, out var occurredAt) || !TryCut(ref row, out var meter)
            || !TryCut(ref row, out var itemId) || !TryCut(ref row, out var payeeId) || row.Contains((byte)','))
        {
            return false;
        }

        fields = new EventFields { EventId = eventId, OccurredAt = occurredAt, Meter = meter, ItemId = itemId, PayeeId = payeeId, Quantity = row };
        return true;
    }

    /// <summary>Adds the row's event to a batch that has room.</summary>
    /// <returns><see langword="null"/>, or why the row is refused; then the first column at fault is named.</returns>
    public Refusal? AddTo(EventBatch batch, long rowNumber)
    {
        if (EventIdText.Read(EventId, out var eventId) is { } wrongId)
            return new Refusal(EventColumns.EventId, wrongId);
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

        batch.Add(rowNumber, eventId, occurredAt, Meter, ItemId, PayeeId, quantity);
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
            : EventColumns.Quantity,
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
