using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Uploads;

/// <summary>Endpoints under <c>/api/uploads</c>: the files of videos and their thumbnails.</summary>
internal static class UploadRoutes
{
    /// <summary>Blocks everything that a document could do, in case that a browser opens a file as one.</summary>
    private const string FilePolicy = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

    public static void AddUploads(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(UploadOptions.Read(configuration));
        services.AddSingleton<UploadFolder>().AddSingleton<UploadTable>().AddSingleton<UploadStore>();
        services.AddHostedService<UploadCleanUp>();
    }

    public static void MapUploads(this IEndpointRouteBuilder api)
    {
        var uploads = api.MapGroup("/uploads").WithTags("Uploads");

        // Without replay: the middleware would read the complete body before the limits of this endpoint apply.
        uploads.MapPost("/", ReceiveAsync).RequireAuthorization(Roles.Creator).WithMetadata(NoReplay.Instance)
            .AddOpenApiOperationTransformer(DescribeBody)
            .WithSummary("Upload a file as the body; its address is the source or the thumbnail of a video");
        uploads.MapGet("/", ReadStorageAsync).RequireAuthorization(Roles.Creator).WithSummary("Get the caller's storage and its limits");
        uploads.MapGet("/{fileName}", ReadAsync).WithSummary("Get an uploaded file; supports ranges");
    }

    // The metadata of accepted types would reject others before the authorisation.
    private static Task DescribeBody(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = FileFormat.All.ToDictionary(
                f => f.ContentType,
                _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } }),
        };
        return Task.CompletedTask;
    }

    private static async Task<Created<Upload>> ReceiveAsync(
        HttpContext context, Caller caller, UploadStore store, CancellationToken cancellationToken)
    {
        // The store counts the bytes; the server's general limit is for JSON.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        var upload = await store.ReceiveAsync(
            caller, context.Request.ContentType, context.Request.ContentLength, context.Request.Body, cancellationToken);
        return TypedResults.Created(upload.Address, upload);
    }

    private static async Task<Ok<Storage>> ReadStorageAsync(Caller caller, UploadStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadStorageAsync(caller, cancellationToken));

    private static async Task<PhysicalFileHttpResult> ReadAsync(
        string fileName, HttpContext context, Caller caller, UploadStore store, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(caller, fileName, cancellationToken) is not { } upload || !File.Exists(store.PathOf(upload)))
            throw PlatformException.NotFound("file", fileName);
        var headers = context.Response.Headers;

        // A name never gets other content, but visibility changes: caches store the content and ask before they use it.
        headers.CacheControl = upload.Visibility is Visibility.Public or Visibility.Unlisted ? "public, no-cache" : "private, no-cache";
        headers.ContentSecurityPolicy = FilePolicy;
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return TypedResults.PhysicalFile(
            store.PathOf(upload), upload.ContentType, enableRangeProcessing: true,
            lastModified: UnixMicroseconds.ToInstant(upload.CreatedAt),
            entityTag: new EntityTagHeaderValue($"\"{Path.GetFileNameWithoutExtension(upload.FileName)}\""));
    }
}
