using System.Globalization;

namespace Settlements.Cli;

/// <summary>Formats quarantined usage as text and as JSON.</summary>
internal static class QuarantineText
{
    public static object Json(QuarantinedUsage usage) => new
    {
        usage.Meter, usage.ItemId, usage.PayeeId, usage.UsageDate, Quantity = usage.Quantity.ToString(CultureInfo.InvariantCulture),
        usage.Events, usage.Reason,
    };

    public static void Print(IReadOnlyList<QuarantinedUsage> quarantined)
    {
        if (quarantined.Count == 0)
            return;
        Console.WriteLine($"Not paid, in quarantine: {Text.Count(quarantined.Count, "sum", "sums")}. The next close prices them again.");
        var table = new TextTable("Usage date", "Meter", "Item", "Payee", ">Quantity", "Reason");
        foreach (var usage in quarantined)
        {
            table.Add(
                Text.Day(usage.UsageDate), Text.Id(usage.Meter), Text.Id(usage.ItemId), Text.Id(usage.PayeeId),
                usage.Quantity.ToString(CultureInfo.InvariantCulture), usage.Reason);
        }

        table.Print();
    }
}
