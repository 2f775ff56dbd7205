using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// One usage source whose rows are on several servers, each row on one of them. A slice is a slice of one server; those of the servers
/// alternate, so that the workers of a close read from all of them.
/// </summary>
/// <remarks>
/// The first value of a slice's bounds is the number of the server, from 0. The order of the servers is part of checkpoints.
/// </remarks>
internal sealed class ShardedSource(IReadOnlyList<IUsageSource> servers) : IUsageSource, IAsyncDisposable, IDisposable
{
    public string Name => servers[0].Name;

    public IReadOnlyList<SourceMeter> Meters => servers[0].Meters;

    public string SliceKey => string.Join(" + ", servers.Select(s => s.SliceKey));

    public async Task<string> IdentifyAsync(CancellationToken cancellationToken)
    {
        var identities = await Task.WhenAll(servers.Select(s => s.IdentifyAsync(cancellationToken))).ConfigureAwait(false);
        var twice = identities.GroupBy(i => i, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twice is null
            ? string.Join(IUsageSource.IdentitySeparator, identities)
            : throw new UsageSourceException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Source '{Name}': the table {twice.Key} is configured {twice.Count()} times, and its rows would count as often. ")
                + "Name each server once.");
    }

    public Task ValidateAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(servers.Select(s => s.ValidateAsync(cancellationToken)));

    public async Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) =>
        (await Task.WhenAll(servers.Select(s => s.FindFirstInstantAsync(from, cancellationToken))).ConfigureAwait(false)).Min();

    public async Task<string?> FindStateAsync(SourceDay day, CancellationToken cancellationToken)
    {
        var states = await Task.WhenAll(servers.Select(s => s.FindStateAsync(day, cancellationToken))).ConfigureAwait(false);
        return states.Any(s => s is null) ? null : string.Join('\n', states);
    }

    public async Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken)
    {
        var slices = await Task.WhenAll(servers.Select(s => s.SliceAsync(day, rowsMax, cancellationToken))).ConfigureAwait(false);
        return [.. slices.SelectMany((of, server) => of.Select((slice, i) => (Position: i, Slice: Of(server, slice))))
            .OrderBy(s => s.Position).Select(s => s.Slice)];
    }

    public async Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        if (slice is not null)
        {
            var server = (int)(long)slice.From![0].Value;
            return await servers[server].SumAsync(day, Within(server, slice), totals, cancellationToken).ConfigureAwait(false);
        }

        var rows = 0L;
        foreach (var server in servers)
            rows += await server.SumAsync(day, null, totals, cancellationToken).ConfigureAwait(false);
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.OfType<IAsyncDisposable>())
            await server.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var server in servers.OfType<IDisposable>())
            server.Dispose();
    }

    private static SourceSlice Of(int server, SourceSlice slice) => new(
        [SliceValue.Of(server), .. slice.From ?? []],
        slice.To is { } to ? [SliceValue.Of(server), .. to] : [SliceValue.Of(server + 1)], slice.IsLate);

    private static SourceSlice Within(int server, SourceSlice slice) => new(
        slice.From!.Count == 1 ? null : [.. slice.From.Skip(1)],
        slice.To is { } to && (long)to[0].Value == server ? [.. to.Skip(1)] : null, slice.IsLate);
}
