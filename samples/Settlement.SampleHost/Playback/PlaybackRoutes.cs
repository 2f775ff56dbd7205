using Microsoft.AspNetCore.Http.HttpResults;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Usage;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Playback;

/// <summary>Endpoints <c>/api/videos/{id}/plays</c> and <c>/api/plays</c>: public, with or without an account.</summary>
internal static class PlaybackRoutes
{
    public static void AddPlayback(this IServiceCollection services, IConfiguration configuration)
    {
        var groupMax = PlayWriter.ReadGroupMax(configuration);
        services.AddSingleton(
            p =>
            {
                var (usage, estimate) = (p.GetRequiredService<UsageSignal>(), p.GetRequiredService<EstimateSignal>());
                return new PlayWriter(p.GetRequiredService<PlatformDatabase>(), p.GetRequiredService<PlayUsage>(), groupMax, () =>
                {
                    usage.Set();
                    estimate.Set();
                });
            });
        services.AddSingleton(PlayOptions.Read(configuration));
        services.AddSingleton<StartLimits>();
        services.AddSingleton<Player>();
        services.AddSingleton<ResumePoints>();
    }

    public static void MapPlayback(this IEndpointRouteBuilder api)
    {
        api.MapPost("/videos/{videoId}/plays", StartAsync).WithTags("Plays").WithSummary(
            "Start a play at the position where the viewer last stopped");
        var plays = api.MapGroup("/plays/{playId}").WithTags("Plays");
        plays.MapGet("/", FindAsync).WithSummary("Get the position of a play");
        plays.MapPost("/progress", ProgressAsync).WithSummary("Report the position of a play; returns the accepted position");
        plays.MapPost("/stop", StopAsync).WithSummary("Stop a play; the next one resumes there");
    }

    private static async Task<Created<StartedPlay>> StartAsync(
        string videoId, Start? body, HttpContext context, Player player, StartLimits limits, CancellationToken cancellationToken)
    {
        // A client with a bearer token needs no cookie: BearerCheck has rejected invalid tokens.
        if (!AntiforgeryFilter.IsBearer(context.Request))
            DeviceCookie.Ensure(context);
        var caller = Caller.Of(context);
        limits.Count(context, caller);
        var started = await player.StartAsync(caller, videoId, Id(body?.PlayId), cancellationToken);
        return TypedResults.Created($"/api/plays/{started.Play.PlayId}", started);
    }

    private static async Task<Ok<PlayState>> FindAsync(string playId, Caller caller, Player player, CancellationToken cancellationToken) =>
        TypedResults.Ok(await player.FindAsync(caller, playId, cancellationToken));

    private static async Task<Ok<PlayState>> ProgressAsync(
        string playId, Report body, Caller caller, Player player, CancellationToken cancellationToken) =>
        TypedResults.Ok(await player.ReportAsync(caller, playId, body.Sequence, body.PositionSeconds, isStop: false, cancellationToken));

    private static async Task<Ok<PlayState>> StopAsync(
        string playId, Report body, Caller caller, Player player, CancellationToken cancellationToken) =>
        TypedResults.Ok(await player.ReportAsync(caller, playId, body.Sequence, body.PositionSeconds, isStop: true, cancellationToken));

    /// <summary>Parses a play id, with or without hyphens.</summary>
    private static Guid? Id(string? playId) => playId is null ? null
        : Guid.TryParseExact(playId, "N", out var id) || Guid.TryParseExact(playId, "D", out id) ? id
        : throw PlatformException.BadRequest(
            $"playId has {playId.Length} characters and is not a UUID. Use 32 hex digits, with or without hyphens, or omit it.");

    /// <summary>The body of a start.</summary>
    /// <param name="PlayId">A UUID chosen by the client, which makes a repeated start return the same play; null to create one.</param>
    internal sealed record Start(string? PlayId);

    internal sealed record Report(long Sequence, decimal PositionSeconds);
}
