using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Settlement.SampleHost.Hosting;

/// <summary>How a host ends. Configured by the section <c>Shutdown</c>.</summary>
internal sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>
    /// How long a host that was told to stop still serves, while <c>/health/ready</c> says no: as long as a load balancer takes to notice. Default 0;
    /// at most 5 minutes.
    /// </summary>
    public TimeSpan Delay { get; set; }

    /// <summary>
    /// How long requests under way, the schedule and the sending of events may take to end, in all. Default 25 seconds, below the 30 that Docker is
    /// given in compose.yaml. From 1 second to 10 minutes.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(25);

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ShutdownOptions>().Bind(configuration.GetSection(Section))
            .Validate(o => o.Delay >= TimeSpan.Zero && o.Delay <= TimeSpan.FromMinutes(5), "Shutdown:Delay is out of range; use 0 to 5 minutes.")
            .Validate(o => o.Timeout >= TimeSpan.FromSeconds(1) && o.Timeout <= TimeSpan.FromMinutes(10), "Shutdown:Timeout is out of range; use 1 second to 10 minutes.")
            .ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<Microsoft.Extensions.Options.IOptions<ShutdownOptions>>(
            (host, shutdown) => host.ShutdownTimeout = shutdown.Value.Timeout);
        services.AddSingleton<Stopping>();
    }
}

/// <summary>Whether this host was told to stop. Thread-safe.</summary>
internal sealed class Stopping
{
    private volatile bool _isTold;

    public bool IsTold => _isTold;

    public void Tell() => _isTold = true;
}

/// <summary>A host that stops is sent no new requests.</summary>
internal sealed class StoppingCheck(Stopping stopping, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        stopping.IsTold || lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The host stops.") : HealthCheckResult.Healthy());
}
