using Microsoft.Extensions.DependencyInjection;
using Settlements.AspNetCore;

namespace Settlements;

/// <summary>Shows usage that was published without a price.</summary>
public static class QuarantineExtensions
{
    /// <summary>
    /// Adds a health check that is degraded while the last published day has usage in quarantine: usage that can't be priced, and that the next close
    /// counts again with whatever corrects it. The description names up to 5 sums with their reasons; the data are <c>sums</c>, how many there are.
    /// </summary>
    /// <param name="builder">What <c>services.AddHealthChecks()</c> returns; <c>AddSettlement</c> is among the services.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="tags">The check's tags; null for none.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// Each check reads the database, at the primary. Other people's pay doesn't wait for what is in quarantine: leave the check out of what a load
    /// balancer asks, or let it take degraded for well. Descriptions name items and payees: show them to operators only.
    /// </remarks>
    public static IHealthChecksBuilder AddQuarantine(
        this IHealthChecksBuilder builder, string name = "quarantine", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return builder.AddCheck<QuarantineHealthCheck>(name, failureStatus: null, tags ?? []);
    }
}
