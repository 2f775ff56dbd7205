using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Settlements;

/// <summary>The metrics and traces of the library, and their name for <c>AddMeter</c> and <c>AddSource</c>. Thread-safe.</summary>
public static class SettlementTelemetry
{
    /// <summary>The name of the meter and of the activity source: <c>Settlements</c>.</summary>
    public const string Name = "Settlements";

    internal static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> EventsLoaded = Meter.CreateCounter<long>(
        "settlement.events.loaded", "{event}",
        "Events that a load processed, by outcome: stored, duplicate, rejected, late (also counted as stored).");

    internal static readonly Counter<long> EventsWritten = Meter.CreateCounter<long>(
        "settlement.events.written", "{event}",
        "Events that a writer processed, by outcome: stored, duplicate, rejected, late (also counted as stored).");

    internal static readonly Histogram<int> WriterGroupSize = Meter.CreateHistogram<int>(
        "settlement.writer.group_size", "{event}", "Events committed in one transaction of a writer.");

    internal static readonly UpDownCounter<int> WriterQueueLength = Meter.CreateUpDownCounter<int>(
        "settlement.writer.queue_length", "{event}", "Events in the queues of the writers of this instance.");

    internal static readonly Histogram<double> WriterWait = Meter.CreateHistogram<double>(
        "settlement.writer.wait", "s", "Time from a call until its events were sent.");

    internal static readonly Counter<long> WriterRetries = Meter.CreateCounter<long>(
        "settlement.writer.retries", "{retry}", "Retries of a group of a writer after a transient error.");

    internal static readonly Counter<long> ChunksDone = Meter.CreateCounter<long>(
        "settlement.pipeline.chunks", "{chunk}", "Chunks committed, by pipeline and step.");

    internal static readonly Counter<long> RowsRead = Meter.CreateCounter<long>(
        "settlement.pipeline.rows", "{row}", "Rows read by committed chunks, by pipeline and step.");

    internal static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "settlement.pipeline.retries", "{retry}", "Retries after a transient error, by pipeline and step.");

    internal static readonly Histogram<double> RunDuration = Meter.CreateHistogram<double>(
        "settlement.pipeline.duration", "s", "Time that this instance worked on a run, by pipeline and outcome.");

    internal static readonly Counter<long> DaysPublished = Meter.CreateCounter<long>(
        "settlement.days.published", "{day}", "Business days published by this instance.");
}
