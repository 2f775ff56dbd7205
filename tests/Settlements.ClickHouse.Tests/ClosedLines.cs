using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlements.Testing;

namespace Settlements.ClickHouse.Tests;

/// <summary>The lines of a closed day.</summary>
/// <param name="Sha256">The SHA-256 of the file that <c>settlement lines</c> exports.</param>
/// <param name="Lines">The number of lines.</param>
/// <param name="Events">The sum of their events.</param>
/// <param name="Quantity">The sum of their quantities.</param>
internal sealed record ClosedLines(string Sha256, long Lines, long Events, long Quantity)
{
    private const string Header =
        "posting_date,kind,usage_date,meter,item_id,payee_id,quantity,counter_before,counter_after,rate_scope,rate_version,"
        + "exact_amount,amount,currency,restates\n";

    /// <summary>Closes Monday and reads its lines. The output of the test has the seconds of the close.</summary>
    public static async Task<ClosedLines> CloseAsync(string name, Scenario scenario)
    {
        var watch = Stopwatch.StartNew();
        await scenario.CloseAsync(Scenario.Monday);
        WriteSeconds($"{name}: {GeneratedUsage.Rows} rows closed", watch);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Header));
        var (lines, events, quantity) = (0L, 0L, 0L);
        await foreach (var line in scenario.Engine.Lines.ReadAsync(new DateRange(Scenario.Monday, Scenario.Monday)))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Row(line)));
            (lines, events, quantity) = (lines + 1, events + line.Events, quantity + line.Quantity);
        }

        var closed = new ClosedLines(Convert.ToHexStringLower(hash.GetHashAndReset()), lines, events, quantity);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{name}: {lines} lines, {closed.Sha256}"));
        return closed;
    }

    /// <summary>Writes the time that something took to the output of the test.</summary>
    public static void WriteSeconds(string what, Stopwatch watch) => TestContext.Current.TestOutputHelper?.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{what} in {watch.Elapsed.TotalSeconds:0.0} s"));

    private static string Row(SettlementLine line) => string.Create(
        CultureInfo.InvariantCulture,
        $"{line.PostingDate:O},{line.Kind.Name()},{line.UsageDate:O},{line.Meter},{line.ItemId},{line.PayeeId},{line.Quantity},"
            + $"{line.Price?.CounterBefore},{line.Price?.CounterAfter},{line.Price?.RateScope},{line.Price?.RateVersion},"
            + $"{Amount(line.Price?.ExactAmount)},{Amount(line.Price?.Amount)},{line.Price?.Currency.Code},{line.Restates}\n");

    private static string Amount(decimal? amount) =>
        amount?.ToString("0.############################", CultureInfo.InvariantCulture) ?? "";
}
