using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Prices the usage and restatements that a correction would post on the first open day, with the current counters. Does not write.
/// </summary>
internal sealed class CorrectionPreview(CloseStores stores, SettlementPlan plan)
{
    public async Task<IReadOnlyList<Money>> PriceAsync(
        Settings settings, IReadOnlyList<UsageSum> usage, IReadOnlyList<RestatementEntry> restatements, CancellationToken cancellationToken)
    {
        var postingDate = settings.Days.Count == 0 ? BusinessDayOf(usage) : settings.Days[^1].Day.AddDays(1);
        var rates = settings.RatesFor(postingDate);
        var pricer = new LinePricer(postingDate, plan.Calendar, rates);
        List<UsageSum> sums = [.. usage.Concat(restatements.Select(r => new UsageSum(r.Meter, r.ItemId, r.PayeeId, r.UsageDate, 0, 0)))
            .OrderBy(s => s.Meter, Utf8Order.Instance).ThenBy(s => s.ItemId, Utf8Order.Instance)];
        var cache = await CounterReader.ReadAsync(stores.Counters, pricer, rates, sums, cancellationToken).ConfigureAwait(false);
        var priced = pricer.Price(sums, restatements.ToLookup(r => (r.Meter, r.ItemId)), cache);
        return [.. priced.Lines.Where(l => l.Price is not null).GroupBy(l => l.Price!.Currency)
            .Select(c => new Money(c.Sum(l => l.Amount), c.Key)).OrderBy(m => m.Currency.Code, StringComparer.Ordinal)];
    }

    private static DateOnly BusinessDayOf(IReadOnlyList<UsageSum> usage) => usage.Count == 0 ? default : usage.Max(u => u.UsageDate);
}

/// <summary>Computes the hash of a preview, which identifies the content that is approved.</summary>
internal sealed class PreviewHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(FormattableString line) =>
        _hash.AppendData(Encoding.UTF8.GetBytes(line.ToString(CultureInfo.InvariantCulture) + "\n"));

    public string End() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}

/// <summary>Creates deterministic event ids, so that posting is idempotent.</summary>
internal static class DerivedId
{
    public static Guid From(FormattableString name) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToString(CultureInfo.InvariantCulture))).AsSpan(0, 16));
}
