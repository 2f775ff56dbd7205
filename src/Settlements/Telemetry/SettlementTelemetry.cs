using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Settlements;

/// <summary>The names under which metrics and traces are published, for <c>AddMeter</c> and <c>AddSource</c>. Thread-safe.</summary>
public static class SettlementTelemetry
{
    /// <summary>The name of the meter and of the activity source: <c>Settlements</c>.</summary>
    public const string Name = "Settlements";

    internal static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> EventsLoaded = Meter.CreateCounter<long>(
        "settlement.events.loaded", "{event}", "Events that a load decided, by outcome: stored, duplicate, rejected, late (also in stored).");

    internal static readonly Counter<long> EventsWritten = Meter.CreateCounter<long>(
        "settlement.events.written", "{event}", "Events that a writer decided, by outcome: stored, duplicate, rejected, late (also in stored).");

    internal static readonly Histogram<int> WriterGroupSize = Meter.CreateHistogram<int>(
        "settlement.writer.group_size", "{event}", "Events that one transaction of a writer committed.");

    internal static readonly UpDownCounter<int> WriterQueueLength = Meter.CreateUpDownCounter<int>(
        "settlement.writer.queue_length", "{event}", "Events that writers of this host have taken in and not yet sent.");

    internal static readonly Histogram<double> WriterWait = Meter.CreateHistogram<double>(
        "settlement.writer.wait", "s", "How long a call's events waited from the call until they were sent.");

    internal static readonly Counter<long> WriterRetries = Meter.CreateCounter<long>(
        "settlement.writer.retries", "{retry}", "Groups of a writer done again after a transient error.");

    internal static readonly Counter<long> ChunksDone = Meter.CreateCounter<long>(
        "settlement.pipeline.chunks", "{chunk}", "Chunks committed, by pipeline and step.");

    internal static readonly Counter<long> RowsRead = Meter.CreateCounter<long>(
        "settlement.pipeline.rows", "{row}", "Rows read by committed chunks, by pipeline and step.");

    internal static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "settlement.pipeline.retries", "{retry}", "Chunks done again after a transient error, by pipeline and step.");

    internal static readonly Histogram<double> RunDuration = Meter.CreateHistogram<double>(
        "settlement.pipeline.duration", "s", "How long this host worked on a run, by pipeline and outcome.");

    internal static readonly Counter<long> DaysPublished = Meter.CreateCounter<long>(
        "settlement.days.published", "{day}", "Business days published by this host.");
}
