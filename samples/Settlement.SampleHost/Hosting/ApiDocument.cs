using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Settlement.SampleHost.Hosting;

/// <summary><c>/openapi/v1.json</c>, and a page to read it and to try it. All of it comes from this host.</summary>
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
                "Errors are problem documents (RFC 9457). Lists go on with `after`, which is the `next` of the page before. "
                + "A write with an `Idempotency-Key` is done once, however often it is sent within a day: repeats get its first answer. "
                + "Where that is not known (503 `The outcome is not known`, or no answer at all), repeats are 409 and say so: look, and send it with a new "
                + "key only if it wasn't done. "
                + "Log in with `POST /api/users/token`, and send the token as `Authorization: Bearer …`.";
            document.Servers = []; // this host, whatever the Host header says
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<Microsoft.AspNetCore.Authorization.IAuthorizeData>().Any())
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
            if (context.Description.HttpMethod is "POST" or "PUT" or "DELETE" && !metadata.OfType<NoReplay>().Any())
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = IdempotencyKeys.Header, In = ParameterLocation.Header, Description = "The same key does the same write once. A repeat of one whose outcome is not known is 409.",
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
            options.WithNonce().WithTitle("API of the sample platform").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton();
            options.WithOpenApiRoutePattern("/openapi/{documentName}.json");
        });
    }
}
