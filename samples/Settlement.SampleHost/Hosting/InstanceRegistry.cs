using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>An instance that uses the same database. Instants are Unix microseconds.</summary>
internal sealed class InstanceRecord
{
    public string Instance { get; init; } = "";

    public string Runtime { get; init; } = "";

    public string Addresses { get; init; } = "";

    public long StartedAt { get; init; }

    /// <summary>The instant of the last heartbeat.</summary>
    public long HeartbeatAt { get; init; }
}

/// <summary>Writes this instance's heartbeat every few seconds and lists the instances of the database.</summary>
internal sealed partial class InstanceRegistry(
    PlatformDatabase database, IServer server, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<InstanceRegistry> logger)
    : BackgroundService
{
    /// <summary>The age of the last heartbeat from which an instance counts as dead.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    /// <summary>The age from which other instances delete the row of an instance that was killed.</summary>
    private static readonly TimeSpan DeletedAfter = TimeSpan.FromDays(7);

    private readonly long _startedAt = UnixMicroseconds.From(clock.GetUtcNow());

    /// <summary>The name of this instance, machine/process; also stored with its closes.</summary>
    public static string Name { get; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    public Task<List<InstanceRecord>> ListAsync(CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.ListAsync<InstanceRecord>(
            "SELECT instance, runtime, addresses, started_at, heartbeat_at FROM instances ORDER BY started_at DESC, instance"),
        cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The addresses are known only after the start.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var onStop = stoppingToken.Register(() => started.TrySetCanceled());
        await started.Task;
        using var timer = new PeriodicTimer(HeartbeatInterval, clock);
        do
            await WriteHeartbeatAsync(stoppingToken);
        while (await NextAsync(timer, stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(sql => sql.ExecuteAsync("DELETE FROM instances WHERE instance = @Name", new { Name }), cancellationToken);
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private Task WriteHeartbeatAsync(CancellationToken cancellationToken)
    {
        var now = UnixMicroseconds.From(clock.GetUtcNow());
        var addresses = string.Join(' ', server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        var row = new
        {
            Name, runtime = RuntimeInformation.FrameworkDescription, addresses, startedAt = _startedAt, now,
            deletedBefore = now - (long)DeletedAfter.TotalMicroseconds,
        };
        return TryAsync(
            async sql =>
            {
                await sql.ExecuteAsync("DELETE FROM instances WHERE heartbeat_at < @deletedBefore", row);
                var updated = await sql.ExecuteAsync(
                    "UPDATE instances SET heartbeat_at = @now, addresses = @addresses, started_at = "
                        + "@startedAt WHERE instance = @Name", row);
                if (updated == 0)
                {
                    await database.TryInsertAsync(
                        sql,
                        """
                        INSERT INTO instances (instance, runtime, addresses, started_at, heartbeat_at)
                        VALUES (@Name, @runtime, @addresses, @startedAt, @now)
                        """,
                        row);
                }
            },
            cancellationToken);
    }

    /// <summary>Writes, and logs a failure: a missed heartbeat must not stop the host.</summary>
    private async Task TryAsync(Func<Sql, Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await database.WriteAsync(write, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "Could not write the heartbeat of this instance; retrying.")]
    private partial void LogFailed(Exception exception);
}

/// <summary>Registers <see cref="InstanceRegistry"/>.</summary>
internal static class InstanceRegistryServices
{
    public static void AddInstanceRegistry(this IServiceCollection services) =>
        services.AddSingleton<InstanceRegistry>().AddHostedService(provider => provider.GetRequiredService<InstanceRegistry>());
}
