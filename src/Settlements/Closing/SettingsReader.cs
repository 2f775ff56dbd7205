using System.Collections.Concurrent;
using System.Data.Common;
using Settlements.Stores;

namespace Settlements;

/// <summary>Reads the recorded settings of closed days, and compares them with the configured ones. Thread-safe.</summary>
internal sealed class SettingsReader(
    IDayStore days, IRecordedRateStore rates, IRecordedSourceStore sources, IRestatementStore restatements, ILineStore lines,
    UsageSources usageSources, RateReader meterRates, SettlementPlan plan)
{
    /// <summary>The identities of the tables that the sources read, by source name. Read once from the database catalog.</summary>
    private readonly ConcurrentDictionary<string, string> _identities = new(StringComparer.Ordinal);

    /// <summary>Reads the settings without checking for conflicts.</summary>
    public Task<Settings> ReadAsync(CancellationToken cancellationToken) => ReadAsync(null, null, cancellationToken);

    /// <summary>Reads the rates of the application's source; empty without one.</summary>
    public Task<IReadOnlyList<MeterRates>> ReadRateSourceAsync(CancellationToken cancellationToken) =>
        meterRates.ReadSourceAsync(cancellationToken);

    /// <summary>Reads the settings, and throws if the configured ones conflict with the recorded ones.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="transaction">The transaction in which the recorded settings are read; null for none.</param>
    /// <param name="fromSource">The rates of the application's source, read before the transaction; null to read them.</param>
    /// <exception cref="CloseRefusedException">
    /// The calendar, the rates or the sources conflict with the recorded ones; the message lists all conflicts.
    /// </exception>
    public async Task<Settings> RequireAsync(
        CancellationToken cancellationToken, DbTransaction? transaction = null, IReadOnlyList<MeterRates>? fromSource = null)
    {
        var settings = await ReadAsync(transaction, fromSource, cancellationToken).ConfigureAwait(false);
        var unused = await UnusedMetersAsync(settings, cancellationToken).ConfigureAwait(false);
        var conflicts = settings.Conflicts(unused).Concat(ReadsEventTable()).Concat(CountedTwice())
            .Concat(usageSources.Scales.Errors()).ToList();
        return conflicts.Count == 0 ? settings : throw new CloseRefusedException(string.Join(' ', conflicts));
    }

    private async Task<Settings> ReadAsync(
        DbTransaction? transaction, IReadOnlyList<MeterRates>? fromSource, CancellationToken cancellationToken)
    {
        // The identity of the event table is only needed for the comparison with other sources.
        foreach (var source in usageSources.Configured.Count == 0 ? [] : usageSources.All.Where(s => !_identities.ContainsKey(s.Name)))
            _identities[source.Name] = await source.IdentifyAsync(cancellationToken).ConfigureAwait(false);

        // The days are read first: another instance may publish a day in between, whose rates and sources are then found as recorded.
        var recordedDays = await days.ListAsync(transaction, cancellationToken).ConfigureAwait(false);
        return new Settings(
            plan, await meterRates.ReadAsync(transaction, fromSource, cancellationToken).ConfigureAwait(false), usageSources, _identities,
            recordedDays,
            await rates.ListAsync(transaction, cancellationToken).ConfigureAwait(false),
            await sources.ListAsync(transaction, cancellationToken).ConfigureAwait(false),
            await restatements.ListApprovedAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<HashSet<string>> UnusedMetersAsync(Settings settings, CancellationToken cancellationToken)
    {
        var late = settings.LateMeters().ToHashSet(StringComparer.Ordinal);
        if (late.Count == 0)
            return late;
        var published = new DateRange(settings.Days[0].Day, settings.LastPublished!.Day);
        late.ExceptWith((await lines.ListTotalsAsync(published, cancellationToken).ConfigureAwait(false)).Select(t => t.Meter));
        return late;
    }

    /// <summary>Returns an error for each source that reads the library's event table, whose events would be paid twice.</summary>
    private IEnumerable<string> ReadsEventTable() =>
        from source in usageSources.Configured
        let identity = _identities[source.Name]
        where identity == _identities[usageSources.EventTable.Name]
        select $"Source '{source.Name}' reads {identity}, the library's event table, whose events are counted already: "
            + "they would be paid twice. Remove the source.";

    /// <summary>Returns an error for each table that two sources count for one meter, whose rows would be paid twice.</summary>
    private IEnumerable<string> CountedTwice() =>
        from counted in usageSources.Configured.SelectMany(source => source.Meters).DistinctBy(meter => meter.Meter)
        from source in usageSources.Configured
        where source.Meters.Any(meter => meter.Meter == counted.Meter || meter.Covers(counted.Meter))
        from table in _identities[source.Name].Split(IUsageSource.IdentitySeparator)
        group source.Name by (Table: table, counted.Meter) into same
        where same.Count() > 1
        select $"Sources {string.Join(" and ", same.Select(name => $"'{name}'"))} count table {same.Key.Table} for meter "
            + $"'{same.Key.Meter}': its rows could be paid twice. Use one source, whose Where(…) joins the conditions with OR.";
}
