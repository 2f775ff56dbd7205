using System.Globalization;
using System.Text.Json.Serialization;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

internal enum CloseState
{
    Running = 0,
    Done = 1,
    Failed = 2,

    /// <summary>Too many days to close without anybody.</summary>
    Held = 3,

    /// <summary>Its host said nothing for a minute: it is gone. What it closed is closed, and the next close goes on from there.</summary>
    Lost = 4,

    /// <summary>An admin cancelled it. What it closed by then is closed.</summary>
    Cancelled = 5,
}

/// <summary>A close of days, while it runs and afterwards.</summary>
internal sealed record CloseRun
{
    public string CloseId { get; init; } = "";

    /// <summary>The schedule, or an admin's account.</summary>
    public string StartedBy { get; init; } = "";

    public string Host { get; init; } = "";

    /// <summary>The last day that was asked for.</summary>
    [JsonIgnore]
    public string Through { get; init; } = "";

    [JsonPropertyName("through")]
    public DateOnly ThroughDay => DateOnly.ParseExact(Through, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public CloseState State { get; init; }

    /// <summary>From 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>What it does, did, or met.</summary>
    public string Detail { get; init; } = "";

    /// <summary>How many days it closed, so far or in all, also when it failed or was cancelled.</summary>
    public long Days { get; init; }

    [JsonIgnore]
    public long StartedAt { get; init; }

    [JsonPropertyName("startedAt")]
    public DateTimeOffset StartedOn => UnixMicroseconds.ToInstant(StartedAt);

    [JsonIgnore]
    public long SaidAt { get; init; }

    [JsonIgnore]
    public long? EndedAt { get; init; }

    [JsonPropertyName("endedAt")]
    public DateTimeOffset? EndedOn => EndedAt is { } at ? UnixMicroseconds.ToInstant(at) : null;
}
