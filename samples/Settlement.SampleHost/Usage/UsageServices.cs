using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Usage;

/// <summary>Registers where the usage of plays is stored.</summary>
internal static partial class UsageServices
{
    public static void AddPlayUsage(this IServiceCollection services, ClickHouseUsageOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<UsageSignal>();
        services.AddSingleton<NextDay>();
        if (!options.IsEnabled)
        {
            services.AddSingleton<PlayUsage>(p => new EventTableUsage(p.GetRequiredService<SettlementEngine>().Writer));
            return;
        }

        services.AddSingleton<ClickHouseInserts>();
        services.AddSingleton<UsageOutbox>();
        services.AddSingleton<PlayUsage>(p => p.GetRequiredService<UsageOutbox>());
        services.AddHostedService<UsageForwarder>();

        // Degraded at most: plays are accepted while ClickHouse is down.
        services.AddHealthChecks().AddCheck<UsageOutboxCheck>(
            "usage", HealthStatus.Degraded, [HealthRoutes.ReadyTag], UsageOutboxCheck.Timeout);
    }

    /// <summary>
    /// Fails the start when the configuration or the table of plays is wrong. A server, shard or replica that does not answer is only
    /// logged, and reported by the health check.
    /// </summary>
    public static async Task RequirePlayUsageAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        if (app.Services.GetService<ClickHouseInserts>() is not { } inserts)
            return;
        try
        {
            await inserts.RequireTableAsync(cancellationToken);
        }
        catch (ClickHouseUsageException e)
        {
            LogUnreachable(app.Logger, e.Message);
        }
    }

    [LoggerMessage(EventId = 421, Level = LogLevel.Warning,
        Message = "{Reason} Plays are accepted and kept in the table usage_outbox; days are not closed until it answers.")]
    private static partial void LogUnreachable(ILogger logger, string reason);
}

/// <summary>Reports that ClickHouse failed to execute the last statement, or that events were not sent to it for minutes.</summary>
internal sealed class UsageOutboxCheck(UsageOutbox outbox, ClickHouseInserts inserts, TimeProvider clock) : IHealthCheck
{
    /// <summary>The age of the earliest event from which the check is degraded.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The timeout of the check, which reads the platform's database and not ClickHouse: shorter than that of the readiness probe, so that
    /// the response names the failed check.
    /// </summary>
    public static readonly TimeSpan Timeout = ReadinessProbe.Timeout - TimeSpan.FromSeconds(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (inserts.Failure is { } failure)
            return HealthCheckResult.Degraded(failure);
        return await outbox.FindEarliestAsync(cancellationToken) is { } earliest && clock.GetUtcNow() - earliest > LateAfter
            ? HealthCheckResult.Degraded($"Usage events wait for ClickHouse since {earliest:u}. See the log, event 420.")
            : HealthCheckResult.Healthy();
    }
}
