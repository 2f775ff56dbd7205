using System.Text.Json;
using System.Text.Json.Serialization;

namespace Settlement.SampleHost.Hosting;

/// <summary>Configures JSON, problem details and validation of the API.</summary>
internal static class ApiDefaults
{
    public static void AddApiDefaults(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemDetailsHandler>();
        services.AddSingleton<IdempotencyStore>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
    }
}
