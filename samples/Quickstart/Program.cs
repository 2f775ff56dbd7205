using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Settlements;

// The first steps as one program: import usage, close days, receive a late event and a correction, print a statement, explain an amount.
// Run it with: dotnet run --project samples/Quickstart

// A new file on each run, so that the output is always the same.
File.Delete("quickstart.db");

// Configuration: business days in Seoul, and a price per view that depends on the lifetime views of the video.
await using var services = new ServiceCollection().AddSettlement(settlement => settlement
    .UseSqlite("Data Source=quickstart.db")
    .Calendar("Asia/Seoul")
    .Rates("video.view", rates => rates.Graduated("2024-06", from: new(2024, 6, 1), Currency.KRW,
        [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)]))).BuildServiceProvider();
var engine = services.GetRequiredService<SettlementEngine>();
await engine.Schema.ApplyAsync();

// 1. Import usage events. Each has an id; importing it again stores no duplicates.
const string csv = """
    event_id,occurred_at,meter,item_id,payee_id,quantity
    01906d5e-8a00-7000-8000-000000000001,2024-07-01T12:00:00+09:00,video.view,video-1,ann,550000
    01906d5e-8a00-7000-8000-000000000002,2024-07-02T12:00:00+09:00,video.view,video-1,ann,600000
    01906d5e-8a00-7000-8000-000000000003,2024-07-02T13:00:00+09:00,video.view,video-2,bob,40

    """;
for (var time = 1; time <= 2; time++)
{
    using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
    var report = await engine.Events.LoadCsvAsync(file);
    Console.WriteLine($"Import {time}: {report.Sent} sent, {report.Stored} stored, {report.Duplicates} duplicates");
}

// 2. Close every open day through July 2: sum, price, publish. A published day never changes.
var july1 = new DateOnly(2024, 7, 1);
await CloseAsync(july1.AddDays(1));

// 3. A late event: the usage happened on July 1, which is published. It is posted on the first open day.
var noon = new DateTimeOffset(2024, 7, 1, 12, 0, 0, TimeSpan.FromHours(9));
var late = new UsageEvent(
    Guid.Parse("01906d5e-8a00-7000-8000-000000000004"), noon.AddHours(1), "video.view", "video-1", "ann", 7);
Console.WriteLine($"Written: {await engine.Writer.WriteAsync(late)}");

// 4. A correction: a negative quantity at the instant of the original event.
var correction = new UsageEvent(
    Guid.Parse("01906d5e-8a00-7000-8000-000000000005"), noon.AddHours(25), "video.view", "video-2", "bob", -10)
{
    Reason = "refunded",
};
Console.WriteLine($"Written: {await engine.Writer.WriteAsync(correction)}");
await CloseAsync(july1.AddDays(2));

// 5. The lines: posting date, usage date, quantity, counter and amount.
await foreach (var line in engine.Lines.ReadAsync(new DateRange(july1, july1.AddDays(2))))
{
    Console.WriteLine(
        $"{line.PostingDate:yyyy-MM-dd} for {line.UsageDate:yyyy-MM-dd}: {line.ItemId}, {line.PayeeId}, {line.Quantity} units, "
        + $"counter {line.Price!.CounterBefore} to {line.Price.CounterAfter}, {line.Amount} {line.Price.Currency}");
}

// 6. A statement: the sums of a payee for a month.
var statement = await engine.Statements.ReadAsync("ann", CalendarPeriod.Month, july1);
foreach (var item in statement.Lines)
    Console.WriteLine($"ann, July: {item.ItemId}, {item.Quantity} views, {item.Amount}");

// 7. An explanation of the amount of July 1: tier by tier, rounded once.
var explanation = (await engine.Lines.ExplainAsync(july1, "video.view", "video-1"))[0];
foreach (var share in explanation.Shares)
    Console.WriteLine(
        FormattableString.Invariant($"views {share.FirstUnit} to {share.LastUnit}: {share.Units} at {share.Price} = {share.Amount}"));
Console.WriteLine(FormattableString.Invariant($"exact {explanation.Line.Price!.ExactAmount}, paid {explanation.Line.Amount}"));

// 8. Verification: recomputes all lines from the events and compares them.
var verified = await engine.Verifier.VerifyAsync(new DateRange(july1, july1.AddDays(2)));
Console.WriteLine($"Verified {verified.Days} days: {verified.DifferencesCount} differences");

async Task CloseAsync(DateOnly through)
{
    foreach (var day in await engine.Days.CloseThroughAsync(through))
        Console.WriteLine($"Closed {day.Day:yyyy-MM-dd}: {day.Events} events");
}
