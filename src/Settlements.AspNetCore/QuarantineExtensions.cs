using Microsoft.Extensions.DependencyInjection;
using Settlements.AspNetCore;

namespace Settlements;

/// <summary>Adds a health check for quarantined usage.</summary>
public static class QuarantineExtensions
{
    /// <summary>
    /// Adds a health check that is degraded while the last published day has usage in quarantine: usage that can't be priced, and that the
    /// next close prices again, together with any corrections. The description lists up to 5 sums with their reasons; the data are
    /// <c>sums</c>, their number.
    /// </summary>
    /// <param name="builder">The result of <c>services.AddHealthChecks()</c>. <c>AddSettlement</c> has to be called, too.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="tags">The check's tags; null for none.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// Each check reads from the primary. Quarantined usage doesn't delay the payment of other usage: exclude the check from a load
    /// balancer's endpoint, or treat degraded as healthy there. Descriptions contain items and payees: show them to operators only.
    /// </remarks>
    public static IHealthChecksBuilder AddQuarantine(
        this IHealthChecksBuilder builder, string name = "quarantine", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return builder.AddCheck<QuarantineHealthCheck>(name, failureStatus: null, tags ?? []);
    }
}
