using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Settlement.Telemetry;

namespace Settlement.Testing.Contracts;

/// <summary>What can be seen from outside: metrics, traces, logs.</summary>
public abstract class TelemetryContract
{
    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task A_load_and_a_close_are_told_in_metrics_traces_and_logs()
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
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => measured.Add((i.Name, value, Text(tags))));
        listener.Start();
        var activities = new ConcurrentBag<string>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SettlementTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => activities.Add(activity.OperationName),
        };
        ActivitySource.AddActivityListener(traces);
        using var logs = new LogList();
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, services: s => s.AddSingleton<ILoggerFactory>(logs));

        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(1, Scenario.Monday, 5));
        await scenario.CloseAsync(Scenario.Monday);

        measured.Should().Contain(("settlement.events.loaded", 1, "settlement.outcome=stored"));
        measured.Should().Contain(("settlement.events.loaded", 1, "settlement.outcome=duplicate"));
        measured.Should().Contain(("settlement.pipeline.rows", 1, "settlement.pipeline=close-day,settlement.step=sum events"));
        measured.Should().Contain(m => m.Name == "settlement.days.published");
        measured.Should().Contain(m => m.Name == "settlement.pipeline.duration" && m.Tags.Contains("settlement.outcome=Completed"));
        activities.Should().Contain(["settlement.close-day", "settlement.pipeline.run", "settlement.pipeline.step sum events"]);
        logs.Lines.Should().Contain(l => l.StartsWith("200 Day 07/01/2024") || l.StartsWith("200 Day 2024-07-01"));
        logs.Lines.Should().OnlyContain(l => !l.StartsWith("0 "), "every log has an event id");
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));

    private sealed class LogList : ILoggerFactory, ILogger
    {
        public ConcurrentBag<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{eventId.Id} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
