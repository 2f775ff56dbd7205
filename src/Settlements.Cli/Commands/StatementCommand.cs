using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>statement</c>: prints the amounts owed to payees for a period.</summary>
internal static class StatementCommand
{
    public static Command Create(CommonOptions common)
    {
        var period = CommandOptions.Period();
        var date = CommandOptions.Date("--date", "A day of the period.");
        var payee = CommandOptions.Text("--payee", "This payee's statement, item by item; without it, every payee's totals.", "ID",
            required: false);
        var includeEstimate = new Option<bool>("--include-estimate")
        {
            Description = "Add the last estimate of the days that are not closed. See: settlement estimate --help",
        };
        var command = new Command("statement", "Print the amounts owed for the closed days of a day, a week or a month.")
        {
            period, date, payee, includeEstimate,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (kind, day, of) = (parsed.GetValue(period), parsed.GetValue(date), parsed.GetValue(payee));
            var isEstimated = parsed.GetValue(includeEstimate);
            await using var context = common.OpenExisting(parsed);
            var published = await PublishedPeriod.FindAsync(context, kind, day, cancellationToken);
            if (of is null)
            {
                var payees = await ProgressView.RunAsync("Summing", _ =>
                    context.Engine.Statements.ReadAllAsync(kind, day, isEstimated, cancellationToken));
                PrintAll(published with { PublishedDays = payees.Coverage.PublishedDays }, payees, isEstimated, common.IsJson(parsed));
            }
            else
            {
                var statement = await ProgressView.RunAsync("Summing", _ =>
                    context.Engine.Statements.ReadAsync(of, kind, day, isEstimated, cancellationToken));
                PrintOne(published with { PublishedDays = statement.PublishedDays }, statement, isEstimated, common.IsJson(parsed));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void PrintAll(PublishedPeriod published, PeriodTotals totals, bool isEstimated, bool isJson)
    {
        var payees = totals.Payees;
        if (isJson)
        {
            var document = new
            {
                published.Period, published.Days.First, published.Days.Last, published.PublishedDays, published.IsComplete,
                Payees = payees.Select(PayeeJson),
            };
            if (isEstimated)
                Json.Print(document, "estimate", EstimateText.Json(totals.Estimate));
            else
                Json.Print(document);
            return;
        }

        Console.WriteLine($"Owed for {published}{Estimated(totals.Estimate)}: {Text.Count(payees.Count, "payee", "payees")}");
        if (IsEmpty(published, payees.Count))
            return;
        PrintPayees(payees);
    }

    public static object PayeeJson(PayeeTotal payee) => new
    {
        payee.PayeeId, Meters = payee.Meters.Select(MeterJson), Totals = payee.Totals.Select(t => AmountJson.Of(t)),
    };

    public static void PrintPayees(IReadOnlyList<PayeeTotal> payees)
    {
        var meters = payees.SelectMany(p => p.Meters).Select(m => m.Meter).Distinct().Order(StringComparer.Ordinal).ToList();
        var table = new TextTable([">#", "Payee", .. meters.Select(m => $">{Text.Id(m)}"), ">Total"]);
        foreach (var (index, payee) in payees.Index())
        {
            table.Add([
                Text.Number(index + 1), Text.Id(payee.PayeeId),
                .. meters.Select(name => Text.Amounts(payee.Meters.Where(m => m.Meter == name).Select(m => m.Amount))),
                Text.Amounts(payee.Totals),
            ]);
        }

        table.Print();
    }

    private static void PrintOne(PublishedPeriod published, PayeeStatement statement, bool isEstimated, bool isJson)
    {
        if (isJson)
        {
            var document = new
            {
                statement.PayeeId, published.Period, published.Days.First, published.Days.Last, published.PublishedDays,
                published.IsComplete,
                Lines = statement.Lines.Select(l =>
                    new { l.Meter, l.ItemId, l.Quantity, l.Amount.Amount, Currency = l.Amount.Currency.Code }),
                Meters = statement.Meters.Select(MeterJson),
                Totals = statement.Totals.Select(t => AmountJson.Of(t)),
                Quarantined = statement.Quarantined.Select(QuarantineText.Json),
            };
            if (isEstimated)
                Json.Print(document, "estimate", EstimateText.Json(statement.Estimate));
            else
                Json.Print(document);
            return;
        }

        var total = statement.Totals.Count == 0 ? "nothing" : Text.Amounts(statement.Totals);
        Console.WriteLine($"Owed to {Text.Id(statement.PayeeId)} for {published}{Estimated(statement.Estimate)}: {total}");
        QuarantineText.Print(statement.Quarantined);
        if (IsEmpty(published, statement.Lines.Count))
            return;
        var table = new TextTable("Meter", "Item", ">Quantity", ">Amount");
        foreach (var line in statement.Lines)
            table.Add(Text.Id(line.Meter), Text.Id(line.ItemId), Text.Number(line.Quantity), Text.Amount(line.Amount));
        foreach (var meter in statement.Meters)
            table.Add(Text.Id(meter.Meter), "total", Text.Number(meter.Quantity), Text.Amount(meter.Amount));
        table.Add("total", "", "", Text.Amounts(statement.Totals));
        table.Print();
    }

    private static string Estimated(StatementEstimate? estimate) => estimate is null ? "" : $", and {EstimateText.Of(estimate)}";

    private static bool IsEmpty(PublishedPeriod published, int count)
    {
        if (count > 0)
            return false;
        Console.WriteLine(published.PublishedDays == 0
            ? "None of its days is closed yet. Close them: settlement close --through DATE"
            : "It has no priced usage. Ids are compared exactly, including case.");
        return true;
    }

    private static object MeterJson(MeterAmount meter) =>
        new { meter.Meter, meter.Quantity, meter.Amount.Amount, Currency = meter.Amount.Currency.Code };
}
