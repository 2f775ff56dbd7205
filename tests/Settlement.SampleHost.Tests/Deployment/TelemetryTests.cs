using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Deployment;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Traces_and_metrics_are_exported_to_the_collector()
    {
        await using var collector = await Collector.StartAsync();
        await using (var platform = await PlatformUnderTest.StartAsync(settings:
            [("OpenTelemetry:Endpoint", collector.Address), ("OpenTelemetry:Protocol", "http/protobuf"), (
                "OpenTelemetry:ServiceName", "sample-under-test")]))
        {
            var creator = await platform.LogInAsync("creator");
            var video = (await creator.PostAsync("/api/videos", new { title = "Measured", lengthSeconds = 10 })).Should(201).Json;
            await platform.ViewAsync(platform.Anonymous, video.GetProperty("videoId").GetString()!);
            (await platform.Anonymous.GetAsync(HealthRoutes.Live)).Should(200);
        }

        // The host exports the remaining data when it stops.
        collector.Received("/v1/metrics").Should()
            .Contain("settlement.events.").And.Contain("http.server.request.duration").And.Contain("sample-under-test");
        collector.Received("/v1/traces").Should().Contain("POST /api/videos").And.Contain("sample-under-test").And.NotContain("/health");
        collector.Received("/v1/traces").Should().NotContain("correct horse");
    }

    [Fact]
    public async Task Telemetry_is_disabled_without_an_endpoint()
    {
        await using var platform = await PlatformUnderTest.StartAsync();

        platform.Services.GetService<TracerProvider>().Should().BeNull();
        platform.Services.GetService<MeterProvider>().Should().BeNull();
    }

    [Theory]
    [InlineData("OpenTelemetry:Endpoint", "collector:4317")]
    [InlineData("OpenTelemetry:Protocol", "carrier pigeon")]
    public async Task An_invalid_setting_is_reported_with_its_remedy(string key, string value)
    {
        var start = () => PlatformUnderTest.StartAsync(settings: [("OpenTelemetry:Endpoint", "http://127.0.0.1:1"), (key, value)]);

        (await start.Should().ThrowAsync<StartException>()).Which.Message.Should().Contain(key).And.Contain(value);
    }

    /// <summary>A collector on the loopback. Names are searched as plain text in the received bytes.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Text)> _received = new();
        private readonly WebApplication _app;

        private Collector()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.MapPost("/v1/{signal}", async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                _received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            });
        }

        public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            await collector._app.StartAsync();
            return collector;
        }

        public string Received(string path) => string.Concat(_received.Where(r => r.Path == path).Select(r => r.Text));

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
