using Microsoft.AspNetCore.Http.HttpResults;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Content;

/// <summary>Endpoints under <c>/api/videos</c> and <c>/api/ads</c>.</summary>
internal static class ContentRoutes
{
    public static void AddContent(this IServiceCollection services) =>
        services.AddSingleton<VideoTable>().AddSingleton<AdTable>().AddSingleton<Catalogue>();

    public static void MapContent(this IEndpointRouteBuilder api)
    {
        var videos = api.MapGroup("/videos").WithTags("Videos");
        videos.MapGet("/", ListAsync).WithSummary("List public videos, newest first");
        videos.MapGet("/own", ListOwnAsync).RequireAuthorization(Roles.Creator).WithSummary("List the caller's videos, newest first");
        videos.MapGet("/{videoId}", FindAsync).WithSummary("Get a video with the placements of its ads");
        videos.MapPost("/", RegisterAsync).RequireAuthorization(Roles.Creator).WithSummary("Register a video; ads are placed by rule");
        videos.MapPut("/{videoId}", EditAsync).RequireAuthorization().WithSummary("Change a video of the caller");
        videos.MapDelete("/{videoId}", DeleteAsync).RequireAuthorization().WithSummary(
            "Delete a video of the caller; published lines stay");

        var ads = api.MapGroup("/ads").WithTags("Ads").RequireAuthorization(Roles.Admin);
        ads.MapGet("/", ListAdsAsync).WithSummary("List ads with the number of their placements");
        ads.MapPost("/", RegisterAdAsync).WithSummary("Register an ad");
        ads.MapDelete("/{adId}", DeleteAdAsync).WithSummary("Delete an ad; its placements are assigned to the other ads");
    }

    private static async Task<Ok<Page<Video>>> ListAsync(
        Catalogue catalogue, CancellationToken cancellationToken, string? search = null, string? after = null,
        int count = Paging.CountDefault) =>
        TypedResults.Ok(Page.Of(
            await catalogue.ListAsync(null, search, after, Paging.Validate(count), cancellationToken), count, v => v.Key));

    private static async Task<Ok<Page<Video>>> ListOwnAsync(
        Caller caller, Catalogue catalogue, CancellationToken cancellationToken, string? after = null, int count = Paging.CountDefault) =>
        TypedResults.Ok(Page.Of(
            await catalogue.ListAsync(caller.RequireUserId(), null, after, Paging.Validate(count), cancellationToken), count, v => v.Key));

    private static async Task<Ok<VideoDetail>> FindAsync(
        string videoId, Caller caller, Catalogue catalogue, CancellationToken cancellationToken) =>
        TypedResults.Ok(
        new VideoDetail(await catalogue.FindForDisplayAsync(caller, videoId, cancellationToken), await catalogue.ListPlacementsAsync(
            videoId, cancellationToken)));

    private static async Task<Created<Video>> RegisterAsync(
        Draft body, Caller caller, Catalogue catalogue, CancellationToken cancellationToken)
    {
        var video = await catalogue.RegisterAsync(caller, body, form: null, cancellationToken);
        return TypedResults.Created($"/api/videos/{video.VideoId}", video);
    }

    private static async Task<Ok<Video>> EditAsync(
        string videoId, Draft body, Caller caller, Catalogue catalogue, CancellationToken cancellationToken) =>
        TypedResults.Ok(await catalogue.EditAsync(caller, videoId, body, cancellationToken));

    private static async Task<NoContent> DeleteAsync(
        string videoId, Caller caller, Catalogue catalogue, CancellationToken cancellationToken)
    {
        await catalogue.DeleteAsync(caller, videoId, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<Ad>>> ListAdsAsync(
        Catalogue catalogue, CancellationToken cancellationToken, string? after = null, int count = Paging.CountDefault) =>
        TypedResults.Ok(Page.Of(await catalogue.ListAdsAsync(after, Paging.Validate(count), cancellationToken), count, a => a.AdId));

    private static async Task<Created<Ad>> RegisterAdAsync(Draft body, Catalogue catalogue, CancellationToken cancellationToken)
    {
        var ad = await catalogue.RegisterAdAsync(body, form: null, cancellationToken);
        return TypedResults.Created($"/api/ads/{ad.AdId}", ad);
    }

    private static async Task<NoContent> DeleteAdAsync(string adId, Catalogue catalogue, CancellationToken cancellationToken)
    {
        await catalogue.DeleteAdAsync(adId, cancellationToken);
        return TypedResults.NoContent();
    }

    internal sealed record VideoDetail(Video Video, IReadOnlyList<Placement> Placements);
}
