using System.Text.Json;
using Settlements;

namespace Settlement.SampleHost.Audit;

/// <summary>An action of an admin.</summary>
internal sealed record AuditEntry
{
    public string AuditId { get; init; } = "";

    public long At { get; init; }

    public string UserId { get; init; } = "";

    /// <summary>The form of a page, such as <c>runs.confirm</c>, or the method and the path of an endpoint.</summary>
    public string Action { get; init; } = "";

    /// <summary>The fields of the request, as JSON.</summary>
    public string Detail { get; init; } = "{}";

    /// <summary>The status of the response; null if the process ended before it, or the status could not be written.</summary>
    public long? Status { get; init; }

    public DateTimeOffset Instant => UnixMicroseconds.ToInstant(At);

    public bool IsDone => Status is < 400;

    /// <summary>Whether the request was refused. After an error of the host, from 500 on, it is unknown what was executed.</summary>
    public bool IsRefused => Status is >= 400 and < 500;

    public IReadOnlyDictionary<string, string> ReadFields() => JsonSerializer.Deserialize<Dictionary<string, string>>(Detail) ?? [];
}
