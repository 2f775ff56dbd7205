using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// Exports traces, metrics and logs by OTLP. Configured by the section <c>OpenTelemetry</c> or the standard environment variables; disabled
/// without an endpoint.
/// </summary>
internal static class Telemetry
{
    public const string Section = "OpenTelemetry";

    private const string HttpProtocol = "http/protobuf";
    private const string GrpcProtocol = "grpc";

    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (Setting(configuration, "Endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT") is not { } endpoint)
            return;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new StartException(
                $"{Section}:Endpoint is '{endpoint}'. Use the address of a collector, for example http://localhost:4317");
        var protocol = Setting(configuration, "Protocol", "OTEL_EXPORTER_OTLP_PROTOCOL") switch
        {
            null or GrpcProtocol => OtlpExportProtocol.Grpc,
            HttpProtocol => OtlpExportProtocol.HttpProtobuf,
            var text => throw new StartException(
                $"{Section}:Protocol is '{text}'. Use {GrpcProtocol} (port 4317) or {HttpProtocol} (port 4318)."),
        };

        services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(Setting(configuration, "ServiceName", "OTEL_SERVICE_NAME") ?? "settlement-sample"))
            .WithMetrics(metrics =>
                metrics.AddMeter(SettlementTelemetry.Name, "MySqlConnector", "System.Runtime").AddAspNetCoreInstrumentation())

            // Without the driver's source: the probes of the servers would be most of the traces.
            .WithTracing(tracing => tracing.AddSource(SettlementTelemetry.Name).AddAspNetCoreInstrumentation(
                requests => requests.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)))
            .WithLogging()
            .UseOtlpExporter(protocol, address);
    }

    private static string? Setting(IConfiguration configuration, string name, string standard) =>
        configuration[$"{Section}:{name}"] is { Length: > 0 } value ? value
        : configuration[standard] is { Length: > 0 } variable ? variable : null;
}
