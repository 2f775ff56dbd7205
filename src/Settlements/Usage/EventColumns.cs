namespace Settlements;

/// <summary>The columns of an event file, in order.</summary>
internal static class EventColumns
{
    public const string EventId = "event_id";
    public const string OccurredAt = "occurred_at";
    public const string Meter = "meter";
    public const string ItemId = "item_id";
    public const string PayeeId = "payee_id";
    public const string Quantity = "quantity";

    public const string Reason = "reason";
    public const string Reference = "reference";

    /// <summary>The number of required columns.</summary>
    public const int Count = 6;

    /// <summary>The number of columns with the two optional ones.</summary>
    public const int CountWithNotes = 8;

    public const string Header = $"{EventId},{OccurredAt},{Meter},{ItemId},{PayeeId},{Quantity}";

    public const string HeaderWithNotes = $"{Header},{Reason},{Reference}";

    /// <summary>Returns the name of a column, or <see langword="null"/> after the last.</summary>
    public static string? NameAt(int index) => index switch
    {
        0 => EventId,
        1 => OccurredAt,
        2 => Meter,
        3 => ItemId,
        4 => PayeeId,
        5 => Quantity,
        6 => Reason,
        7 => Reference,
        _ => null,
    };
}
