using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Settlements.AspNetCore;

/// <summary>Checks that all usage of the last published day has a price.</summary>
internal sealed class QuarantineHealthCheck(SettlementEngine engine) : IHealthCheck
{
    private const int NamedMax = 5;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var quarantined = await engine.Days.ListQuarantinedAsync(cancellationToken).ConfigureAwait(false);
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["sums"] = quarantined.Count };
        if (quarantined.Count == 0)
            return HealthCheckResult.Healthy("No usage is in quarantine.", data);
        var named = string.Join(' ', quarantined.Take(NamedMax).Select(q => q.Reason));
        var count = string.Create(CultureInfo.InvariantCulture, $"{quarantined.Count}");
        var rest = quarantined.Count > NamedMax ? $" Only the first {NamedMax.ToString(CultureInfo.InvariantCulture)} are listed." : "";
        return HealthCheckResult.Degraded($"Sums of usage in quarantine: {count}. {named}{rest}", data: data);
    }
}
