using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Settlements.Tests.Loading;

namespace Settlements.Tests.Usage;

/// <summary>Tests of a writer's metrics under their documented names.</summary>
public sealed class EventWriterMetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Group_size_queue_length_wait_and_outcomes_are_measured()
    {
        var measured = new ConcurrentBag<(string Name, double Value, string Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == SettlementTelemetry.Name)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => measured.Add((i.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => measured.Add((i.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => measured.Add((i.Name, value, Text(tags))));
        listener.Start();
        var (clock, gate) = (new FakeTimeProvider(), new StoreGate());
        await using var writer = new UsageWriter(
            new MemoryEventStore { OnCall = gate.PassAsync }, new UsageWriterOptions { Committers = 1 }, clock);

        var first = writer.WriteAsync(Csv.Event(1), Token);
        await gate.EnteredAsync();
        var batch = writer.WriteBatchAsync([.. Enumerable.Range(1, 77).Select(i => Csv.Event(i))], Token);
        clock.Advance(TimeSpan.FromSeconds(13));
        gate.Open();
        await first;
        await batch;

        measured.Should().Contain(
        [
            ("settlement.writer.group_size", 77, ""), ("settlement.writer.queue_length", 77, ""),
            ("settlement.writer.queue_length", -77, ""),
            ("settlement.writer.wait", 13, ""), ("settlement.events.written", 76, "settlement.outcome=stored"),
            ("settlement.events.written", 1, "settlement.outcome=duplicate"),
        ]);
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
}
