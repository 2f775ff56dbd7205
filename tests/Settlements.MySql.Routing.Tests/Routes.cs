using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Which host was chosen, and why, as the metrics say, for all routers of the process.</summary>
internal sealed class Routes : IDisposable
{
    private readonly MeterListener _listener = new();

    public Routes()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SettlementTelemetry.Name && instrument.Name == "settlement.routing.routes")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(t => t.Key, t => (string)t.Value!);
            Taken.Add((values["host"], values["reason"]));
        });
        _listener.Start();
    }

    public ConcurrentBag<(string Host, string Reason)> Taken { get; } = [];

    public void Dispose() => _listener.Dispose();
}
