using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Records the server and reason of each route of all routers of the process, from the metrics.</summary>
internal sealed class RecordedRoutes : IDisposable
{
    private readonly MeterListener _listener = new();

    public RecordedRoutes()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SettlementTelemetry.Name && instrument.Name == "settlement.routing.routes")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(t => t.Key, t => (string)t.Value!);
            Taken.Add((values["server"], values["reason"]));
        });
        _listener.Start();
    }

    public ConcurrentBag<(string Server, string Reason)> Taken { get; } = [];

    public void Dispose() => _listener.Dispose();
}
