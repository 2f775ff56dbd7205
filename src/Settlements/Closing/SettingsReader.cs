using System.Collections.Concurrent;
using System.Data.Common;
using Settlements.Stores;

namespace Settlements;

/// <summary>Reads what days were closed with, and compares it with what is configured: before anything is written or compared. Thread-safe.</summary>
internal sealed class SettingsReader(
    IDayStore days, IRecordedRateStore rates, IRecordedSourceStore sources, IRestatementStore restatements, UsageSources usageSources,
    SettlementPlan plan)
{
    /// <summary>What the sources read, by their names, as their catalogues identify it: looked up once.</summary>
    private readonly ConcurrentDictionary<string, string> _identities = new(StringComparer.Ordinal);

    /// <summary>The settings as they are, whether they fit or not.</summary>
    public async Task<Settings> ReadAsync(CancellationToken cancellationToken) => await ReadAsync(null, cancellationToken).ConfigureAwait(false);

    /// <summary>The settings, when they fit.</summary>
    /// <exception cref="CloseRefusedException">Calendar, rates or sources are not those that days were closed with; with every difference.</exception>
    public async Task<Settings> RequireAsync(CancellationToken cancellationToken, DbTransaction? transaction = null)
    {
        var settings = await ReadAsync(transaction, cancellationToken).ConfigureAwait(false);
        var conflicts = settings.Conflicts().Concat(ReadsEventTable()).Concat(CountedTwice()).ToList();
        return conflicts.Count == 0 ? settings : throw new CloseRefusedException(string.Join(' ', conflicts));
    }

    private async Task<Settings> ReadAsync(DbTransaction? transaction, CancellationToken cancellationToken)
    {
        // The event table's is needed to compare others with alone.
        foreach (var source in usageSources.Configured.Count == 0 ? [] : usageSources.All.Where(s => !_identities.ContainsKey(s.Name)))
            _identities[source.Name] = await source.IdentifyAsync(cancellationToken).ConfigureAwait(false);

        // The days first: another instance may publish one meanwhile, with rates and sources that are then found recorded.
        var recordedDays = await days.ListAsync(transaction, cancellationToken).ConfigureAwait(false);
        return new Settings(
            plan, usageSources, _identities, recordedDays,
            await rates.ListAsync(transaction, cancellationToken).ConfigureAwait(false),
            await sources.ListAsync(transaction, cancellationToken).ConfigureAwait(false),
            await restatements.ListApprovedAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The library's own events would be paid twice.</summary>
    private IEnumerable<string> ReadsEventTable() =>
        from source in usageSources.Configured
        let identity = _identities[source.Name]
        where identity == _identities[usageSources.EventTable.Name]
        select $"Source '{source.Name}' reads {identity}, the library's own event table, whose events are counted already, so that they "
            + "could be paid twice. Remove the source.";

    /// <summary>The same rows counted for the same meter by two sources would be paid twice.</summary>
    private IEnumerable<string> CountedTwice() =>
        from source in usageSources.Configured
        from meter in source.Meters
        group source.Name by (Table: _identities[source.Name], meter.Meter) into same
        where same.Count() > 1
        select $"Sources {string.Join(" and ", same.Select(name => $"'{name}'"))} both count table {same.Key.Table} for meter '{same.Key.Meter}', so that "
            + "its rows could be paid twice. Count them in one source, whose Where(…) has both conditions joined by OR.";
}
