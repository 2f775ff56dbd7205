using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Settlement.SampleHost.Hosting;

/// <summary>Options of a graceful shutdown: configuration section <c>Shutdown</c>.</summary>
internal sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>
    /// How long a stopping host continues to serve while <c>/health/ready</c> returns 503: the time that a load balancer needs to notice.
    /// Default 0; from 0 to 5 minutes.
    /// </summary>
    public TimeSpan Delay { get; set; }

    /// <summary>
    /// The total time for running requests, the schedule and the sending of events to end, after the delay. Default 25 seconds, less than
    /// <c>stop_grace_period</c> (30 s) in compose.yaml; from 1 second to 10 minutes.
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
/// Delays the shutdown by <see cref="ShutdownOptions.Delay"/>, before the web server and the other services stop.
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

/// <summary>Reports a stopping host as not ready.</summary>
internal sealed class StoppingCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("The host is stopping.")
            : HealthCheckResult.Healthy());
}
