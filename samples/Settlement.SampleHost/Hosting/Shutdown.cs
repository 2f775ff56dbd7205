using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Settlement.SampleHost.Hosting;

/// <summary>How a host stops. Configured by the section <c>Shutdown</c>.</summary>
internal sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>
    /// How long a host that is stopping still serves, while <c>/health/ready</c> answers 503: as long as a load balancer takes to notice.
    /// Default 0; at most 5 minutes.
    /// </summary>
    public TimeSpan Delay { get; set; }

    /// <summary>
    /// How long requests under way, the schedule and the sending of events may take to end, after the delay and in all. Default 25
    /// seconds, below the 30 that Docker is given in compose.yaml. From 1 second to 10 minutes.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(25);

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ShutdownOptions>().Bind(configuration.GetSection(Section))
            .Validate(
                o => o.Delay >= TimeSpan.Zero && o.Delay <= TimeSpan.FromMinutes(5), "Shutdown:Delay is out of range; use 0 to 5 minutes.")
            .Validate(
                o => o.Timeout >= TimeSpan.FromSeconds(1) && o.Timeout <= TimeSpan.FromMinutes(10),
                "Shutdown:Timeout is out of range; use 1 second to 10 minutes.")
            .ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<IOptions<ShutdownOptions>>(
            (host, shutdown) => host.ShutdownTimeout = shutdown.Value.Delay + shutdown.Value.Timeout);
        services.AddHostedService<ShutdownDelay>();
    }
}

/// <summary>
/// Keeps a stopping host serving for <see cref="ShutdownOptions.Delay"/>: the server and the other services stop after it.
/// </summary>
internal sealed class ShutdownDelay(IOptions<ShutdownOptions> options) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(options.Value.Delay, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A host that is stopping is sent no new requests.</summary>
internal sealed class StoppingCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("The host is stopping.")
            : HealthCheckResult.Healthy());
}
