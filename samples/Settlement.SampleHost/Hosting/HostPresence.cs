using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>A host that serves the same database. Instants are Unix microseconds.</summary>
internal sealed class KnownHost
{
    public string Host { get; init; } = "";

    public string Runtime { get; init; } = "";

    public string Addresses { get; init; } = "";

    public long StartedAt { get; init; }

    /// <summary>When it last said that it is there.</summary>
    public long SaidAt { get; init; }
}

/// <summary>Says every few seconds that this host is there, and knows which others do.</summary>
internal sealed partial class HostPresence(
    PlatformDatabase database, IServer server, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<HostPresence> logger) : BackgroundService
{
    /// <summary>After how long without a word a host is taken for gone.</summary>
    public static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan SayInterval = TimeSpan.FromSeconds(15);

    /// <summary>A host that was killed takes no row away; after this long another one does.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(7);

    private readonly long _startedAt = UnixMicroseconds.From(clock.GetUtcNow());

    /// <summary>As closes name the host that ran them.</summary>
    public static string Name { get; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    public Task<List<KnownHost>> ListAsync(CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.ListAsync<KnownHost>("SELECT host, runtime, addresses, started_at, said_at FROM hosts ORDER BY started_at DESC, host"), cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Before that, the addresses are not known.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var onStop = stoppingToken.Register(() => started.TrySetCanceled());
        await started.Task;
        using var timer = new PeriodicTimer(SayInterval, clock);
        do
            await SayAsync(stoppingToken);
        while (await NextAsync(timer, stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(sql => sql.ExecuteAsync("DELETE FROM hosts WHERE host = @Name", new { Name }), cancellationToken);
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

    private Task SayAsync(CancellationToken cancellationToken)
    {
        var now = UnixMicroseconds.From(clock.GetUtcNow());
        var addresses = string.Join(' ', server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        var row = new { Name, runtime = RuntimeInformation.FrameworkDescription, addresses, startedAt = _startedAt, now, forgotten = now - (long)ForgottenAfter.TotalMicroseconds };
        return TryAsync(
            async sql =>
            {
                await sql.ExecuteAsync("DELETE FROM hosts WHERE said_at < @forgotten", row);
                if (await sql.ExecuteAsync("UPDATE hosts SET said_at = @now, addresses = @addresses, started_at = @startedAt WHERE host = @Name", row) == 0)
                {
                    await database.TryInsertAsync(
                        sql, "INSERT INTO hosts (host, runtime, addresses, started_at, said_at) VALUES (@Name, @runtime, @addresses, @startedAt, @now)", row);
                }
            },
            cancellationToken);
    }

    /// <summary>Not to be heard for once is no reason to stop a host.</summary>
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

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "This host could not say that it is there; it tries again.")]
    private partial void LogFailed(Exception exception);
}

/// <summary>Adds <see cref="HostPresence"/>.</summary>
internal static class HostPresenceServices
{
    public static void AddHostPresence(this IServiceCollection services) =>
        services.AddSingleton<HostPresence>().AddHostedService(provider => provider.GetRequiredService<HostPresence>());
}
