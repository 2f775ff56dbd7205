using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Settlement.SampleHost.Hosting;

/// <summary>Serves <c>/openapi/v1.json</c> and an interactive reference page, without resources from other hosts.</summary>
internal static class ApiDocument
{
    private const string Bearer = "bearer";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Settlement sample platform";
            document.Info.Version = "v1";
            document.Info.Description =
                "Errors are problem documents (RFC 9457). Lists are paged by key: pass the `next` of a page "
                    + "as `after` for the following one. "
                + "A write with an `Idempotency-Key` is executed once within a day: repeated requests return the first response. "
                + "If its outcome is unknown (503 `Outcome unknown`, or no response), repeated requests return "
                + "409: check whether the write was "
                + "executed, and send it with a new key only if not. "
                + "Log in with `POST /api/users/token`, then send the token as `Authorization: Bearer …`.";
            document.Servers = []; // relative to this host, independent of the Host header
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<Microsoft.AspNetCore.Authorization.IAuthorizeData>().Any())
                operation.Security =
                    [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
            if (context.Description.HttpMethod is "POST" or "PUT" or "DELETE" && !metadata.OfType<NoReplay>().Any())
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = IdempotencyKeys.Header, In = ParameterLocation.Header,
                    Description = "Executes the write once per key. A repeated request whose outcome is unknown returns 409.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = IdempotencyKeys.KeyLengthMax },
                });
            }

            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi();
        app.MapScalarApiReference("/api-reference", options =>
        {
            options.WithNonce().WithTitle("API of the sample platform").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp()
                .HideDeveloperTools().HideClientButton();
            options.WithOpenApiRoutePattern("/openapi/{documentName}.json");
        });
    }
}
