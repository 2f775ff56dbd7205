using Settlement.BillableEvents;
using Settlement.Sums;

namespace Settlement.Closing;

/// <summary>
/// Keeps rows without a readable instant from being passed over: they are in the range of no day, or of a wrong one, so that summing days alone would
/// not find them.
/// </summary>
internal static class SourceInstants
{
    /// <summary>Checks each source once; the library's own table (null) has only instants that were checked on input.</summary>
    /// <exception cref="EventSourceException">A row has no readable instant.</exception>
    public static async Task RequireAsync(ISumStore sums, IEnumerable<EventSource?> sources, CancellationToken cancellationToken)
    {
        foreach (var source in sources.OfType<EventSource>().DistinctBy(s => s.Name))
            await sums.CheckInstantsAsync(source, cancellationToken).ConfigureAwait(false);
    }
}
