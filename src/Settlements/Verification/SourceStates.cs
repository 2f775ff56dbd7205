using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Settlements;

/// <summary>Computes the state of everything that a published day is compared with.</summary>
internal static class SourceStates
{
    /// <summary>
    /// Returns a hash of the states of all sources of a day, of their definitions and of the day's adjustments; null when a source can't
    /// tell its state.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="day">The usage date.</param>
    /// <param name="revision">The revision of the day's adjustments.</param>
    /// <param name="backfill">The sources whose rows from before their CountedFrom are counted too.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<string?> FindAsync(
        Settings settings, DateOnly day, int revision, IReadOnlySet<string> backfill, CancellationToken cancellationToken)
    {
        var parts = new List<string> { settings.SourcesText(), string.Create(CultureInfo.InvariantCulture, $"revision {revision}") };
        foreach (var (source, sourceDay) in settings.SourcesOn(day, backfill))
        {
            if (await source.FindStateAsync(sourceDay, cancellationToken).ConfigureAwait(false) is not { } state)
                return null;
            var meters = string.Join(", ", sourceDay.Meters.Select(m => m.Meter));
            parts.Add($"{source.Name}\t{meters}\t{state}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }
}
