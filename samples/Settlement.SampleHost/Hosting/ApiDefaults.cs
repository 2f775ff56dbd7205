using System.Text.Json;
using System.Text.Json.Serialization;

namespace Settlement.SampleHost.Hosting;

/// <summary>The form of the API's requests and answers.</summary>
internal static class ApiDefaults
{
    public static void AddApiDefaults(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemAnswers>();
        services.AddSingleton<KeptAnswers>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
    }
}
