using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Settlement.SampleHost.Output;
using Settlements;

namespace Settlement.SampleHost.DemoData;

/// <summary>The figures of the last week and month of the demo data.</summary>
internal sealed record DemoFigures(
    DateRange Week, IReadOnlyList<RankedItem> Top, DateRange Month, int PublishedDays, IReadOnlyList<PayeeTotal> Payees)
{
    private const int RanksMax = 5;

    // Without HTML escaping: the document is written to standard output, not into a page.
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Reads the figures of the week and the month of a day.</summary>
    public static async Task<DemoFigures> ReadAsync(
        SettlementEngine engine, BusinessCalendar calendar, DateOnly date, CancellationToken cancellationToken)
    {
        var month = calendar.PeriodOf(date, CalendarPeriod.Month);
        var top = await engine.Rankings.TopAsync(CalendarPeriod.Week, date, PlatformMeters.Views, RanksMax, payeeId: null,
            cancellationToken);
        var payees = await engine.Statements.ReadAllAsync(CalendarPeriod.Month, date, cancellationToken: cancellationToken);
        var published = await engine.Days.ListPublishedAsync(month, cancellationToken);
        return new(calendar.PeriodOf(date, CalendarPeriod.Week), top.Items, month, published.Count, payees.Payees);
    }

    public void PrintJson() => Console.WriteLine(JsonSerializer.Serialize(
        new
        {
            Week = new { Week.First, Week.Last, Meter = PlatformMeters.Views, Items = Top },
            Month = new
            {
                Month.First, Month.Last, PublishedDays,
                Payees = Payees.Take(RanksMax).Select(p =>
                    new { p.PayeeId, Totals = p.Totals.Select(t => new { t.Amount, Currency = t.Currency.Code }) }),
            },
        },
        Format));

    public void Print()
    {
        Console.WriteLine($"Top {RanksMax} by {PlatformMeters.Views}, week {Text.Days(Week)}");
        foreach (var item in Top)
            Console.WriteLine($"{item.Rank,4}  {Text.Id(item.ItemId),-12}  {Text.Id(item.PayeeId),-32}  {Text.Number(item.Quantity),14}");
        Console.WriteLine();
        Console.WriteLine(
            $"Top {RanksMax} by amount of {Text.Number(Payees.Count)} channels, month {Text.Days(Month)} "
            + $"({PublishedDays} of {Month.Days} days closed)");
        foreach (var (index, payee) in Payees.Take(RanksMax).Index())
            Console.WriteLine($"{index + 1,4}  {Text.Id(payee.PayeeId),-46}  {Text.Amounts(payee.Totals),18}");
        Console.WriteLine();
        Console.WriteLine(
            "Views are real (YouTube's US trending list, Kaggle datasnaek/youtube, CC0); ad views are "
                + "synthetic: one for every three views.");
    }
}
