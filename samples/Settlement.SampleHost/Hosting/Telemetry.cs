using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// Sends traces, metrics and logs to a collector, by OTLP. Configured by the section <c>OpenTelemetry</c>, else by the standard's own
/// variables; off without an endpoint.
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
            throw new StartException($"{Section}:Endpoint is '{endpoint}'. Use a collector's address, for example http://localhost:4317");
        var protocol = Setting(configuration, "Protocol", "OTEL_EXPORTER_OTLP_PROTOCOL") switch
        {
            null or GrpcProtocol => OtlpExportProtocol.Grpc,
            HttpProtocol => OtlpExportProtocol.HttpProtobuf,
            var text => throw new StartException($"{Section}:Protocol is '{text}'. Use {GrpcProtocol} (port 4317) or {HttpProtocol} (port 4318)."),
        };

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(Setting(configuration, "ServiceName", "OTEL_SERVICE_NAME") ?? "settlement-sample"))
            .WithMetrics(metrics => metrics.AddMeter(SettlementTelemetry.Name, "MySqlConnector", "System.Runtime").AddAspNetCoreInstrumentation())

            // Without the driver's own source: its probes of the servers would be most of what is sent.
            .WithTracing(tracing => tracing.AddSource(SettlementTelemetry.Name).AddAspNetCoreInstrumentation(
                requests => requests.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)))
            .WithLogging()
            .UseOtlpExporter(protocol, address);
    }

    private static string? Setting(IConfiguration configuration, string name, string standard) =>
        configuration[$"{Section}:{name}"] is { Length: > 0 } own ? own : configuration[standard] is { Length: > 0 } usual ? usual : null;
}
