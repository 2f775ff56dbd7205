using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Settlements.Pipelines;

namespace Settlements.Testing;

/// <summary>Contract tests of metrics, traces and logs.</summary>
public abstract class TelemetryContract
{
    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task A_load_and_a_close_are_recorded_in_metrics_traces_and_logs()
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

    [Fact]
    public async Task A_day_that_two_instances_close_concurrently_is_counted_and_logged_once()
    {
        // Other tests publish days concurrently: the execution context selects the measurements of this one.
        var isOwn = new AsyncLocal<bool> { Value = true };
        var published = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "settlement.days.published")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref published, isOwn.Value ? value : 0));
        listener.Start();
        using var logs = new LogList();
        await using var store = NewStore();
        await using var one = await Scenario.StartAsync(store, services: s => s.AddSingleton<ILoggerFactory>(logs));
        await using var two = await Scenario.StartAsync(store, services: s => s.AddSingleton<ILoggerFactory>(logs));
        await one.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        IReadOnlyList<ClosedDay>? other = null;

        // The first instance has priced the day; the other one publishes it before the first does.
        var closed = await Task.Run(() => one.Engine.Days.CloseThroughAsync(Scenario.Monday, new InlineProgress(p =>
        {
            if (p.Run.StepNumber == 2 && p.Run.ChunksDone == p.Run.ChunksTotal)
                other ??= Task.Run(() => two.Engine.Days.CloseThroughAsync(Scenario.Monday)).GetAwaiter().GetResult();
        })));

        (closed.Count, other!.Count).Should().Be((1, 1));
        published.Should().Be(1);
        logs.Lines.Count(l => l.StartsWith("200 ", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task A_failed_run_is_logged_as_an_error_with_step_chunk_and_exception()
    {
        using var logs = new LogList();
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, services: s => s.AddSingleton<ILoggerFactory>(logs));
        var pipeline = new Pipeline("export", "k", "v1", [new BrokenStep()]);

        await scenario.Engine.Pipelines.Invoking(p => p.RunAsync(pipeline)).Should().ThrowAsync<InvalidDataException>();

        logs.Entries.Should().Contain(e => e.Level == LogLevel.Error && e.Exception is InvalidDataException && e.Line.StartsWith("103 ")
            && e.Line.Contains("step broken, chunk 1"));
        logs.Lines.Should().NotContain(l => l.StartsWith("101 "));
    }

    [Fact]
    public async Task A_run_that_fails_while_the_store_is_unavailable_logs_the_cause_and_the_unrecorded_end()
    {
        using var logs = new LogList();
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, services: s => s.AddSingleton<ILoggerFactory>(logs));
        var pipeline = new Pipeline(
            "export", "k", "v1", [new BrokenStep(() => store.ExecuteAsync("ALTER TABLE pipeline_runs RENAME TO lost_runs"))]);

        await scenario.Engine.Pipelines.Invoking(p => p.RunAsync(pipeline, new PipelineOptions { Workers = 1 }))
            .Should().ThrowAsync<InvalidDataException>();

        logs.Entries.Should().ContainSingle(e => e.Level == LogLevel.Error).Which
            .Should().Match<(LogLevel, Exception? Exception, string Line)>(
                e => e.Exception is InvalidDataException && e.Line.StartsWith("103 ") && e.Line.Contains("step broken, chunk 1"));
        logs.Entries.Should().ContainSingle(e => e.Line.StartsWith("102 ")).Which.Exception.Should().BeAssignableTo<DbException>();
        logs.Lines.Should().NotContain(l => l.StartsWith("101 "));
    }

    private sealed class BrokenStep(Func<Task>? before = null) : PipelineStep
    {
        public override string Name => "broken";

        public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PlannedChunk>>([new PlannedChunk("0"), new PlannedChunk("1")]);

        public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
        {
            if (chunk.Number == 0)
                return new ChunkResult(1, (_, _) => Task.CompletedTask);
            if (before is not null)
                await before();
            throw new InvalidDataException("chunk 1 is broken");
        }
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));

    private sealed class LogList : ILoggerFactory, ILogger
    {
        public ConcurrentBag<(LogLevel Level, Exception? Exception, string Line)> Entries { get; } = [];

        public IEnumerable<string> Lines => Entries.Select(e => e.Line);

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Add((logLevel, exception, $"{eventId.Id} {formatter(state, exception)}"));

        public void Dispose()
        {
        }
    }
}
