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
        services.AddHealthChecks().AddCheck<UsageOutboxCheck>("usage", HealthStatus.Degraded, [HealthRoutes.ReadyTag]);
    }

    /// <summary>Fails the start when the table of plays can't be used. A server that does not answer is only logged.</summary>
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

/// <summary>Reports events that were not sent to ClickHouse for minutes.</summary>
internal sealed class UsageOutboxCheck(UsageOutbox outbox, TimeProvider clock) : IHealthCheck
{
    /// <summary>The age of the earliest event from which the check is degraded.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMinutes(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await outbox.FindEarliestAsync(cancellationToken) is { } earliest && clock.GetUtcNow() - earliest > LateAfter
            ? HealthCheckResult.Degraded($"Usage events wait for ClickHouse since {earliest:u}. See the log, event 420.")
            : HealthCheckResult.Healthy();
}
