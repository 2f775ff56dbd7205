using System.Text.Json.Serialization;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>The page as JSON. Its names are documented in docs/aspnetcore.md: they don't change with the code.</summary>
/// <param name="AsOf">When it was written, in UTC.</param>
/// <param name="Primary">Who takes writes; null where nobody does.</param>
/// <param name="Hosts">In the order in which they were given.</param>
internal sealed record ServersReport(DateTimeOffset AsOf, string? Primary, IReadOnlyList<ServerReport> Hosts)
{
    public static ServersReport Of(IReadOnlyList<ServerStatus> hosts, DateTimeOffset asOf) => new(
        asOf, Writer.Of(hosts).Name, [.. hosts.Select(h => new ServerReport(
            h.Name, h.Role.ToString(), h.State.ToString(), h.Lag is { } lag ? Math.Round(lag.TotalSeconds, 3) : null, h.InFlight, h.Weight, h.Version,
            h.Position.ToString(), h.Detail, ServerRemedy.Of(h, hosts)))]);
}

/// <summary>One host of the report.</summary>
internal sealed record ServerReport(
    string Name, string Role, string State, double? LagSeconds, int InFlight, int Weight, string? Version, string Position, string Detail, string Remedy);

/// <summary>Writes the report without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ServersReport))]
internal sealed partial class ServersJson : JsonSerializerContext;
