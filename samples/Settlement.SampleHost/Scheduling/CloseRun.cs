using System.Globalization;
using System.Text.Json.Serialization;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

internal enum CloseState
{
    Running = 0,
    Done = 1,
    Failed = 2,

    /// <summary>More days are due than the schedule may close unattended.</summary>
    Held = 3,

    /// <summary>
    /// No heartbeat for a minute: its instance is dead. Published days stay published; the next close resumes from there.
    /// </summary>
    Lost = 4,

    /// <summary>Cancelled by an admin. Days published until then stay published.</summary>
    Cancelled = 5,
}

/// <summary>A close of one or more business days, running or ended.</summary>
internal sealed record CloseRun
{
    public string CloseId { get; init; } = "";

    /// <summary><see cref="DayCloses.BySchedule"/>, or the id of an admin's account.</summary>
    public string StartedBy { get; init; } = "";

    public string Instance { get; init; } = "";

    /// <summary>The last requested day, included; yyyy-MM-dd.</summary>
    [JsonIgnore]
    public string Through { get; init; } = "";

    [JsonPropertyName("through")]
    public DateOnly ThroughDay => DateOnly.ParseExact(Through, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public CloseState State { get; init; }

    /// <summary>From 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>The current step, the result, or the error.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The number of days published so far, also by a failed or cancelled close.</summary>
    public long Days { get; init; }

    [JsonIgnore]
    public long StartedAt { get; init; }

    [JsonPropertyName("startedAt")]
    public DateTimeOffset StartedOn => UnixMicroseconds.ToInstant(StartedAt);

    [JsonIgnore]
    public long HeartbeatAt { get; init; }

    [JsonIgnore]
    public long? EndedAt { get; init; }

    [JsonPropertyName("endedAt")]
    public DateTimeOffset? EndedOn => EndedAt is { } at ? UnixMicroseconds.ToInstant(at) : null;
}
