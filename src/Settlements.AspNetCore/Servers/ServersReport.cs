using System.Text.Json.Serialization;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>The page as JSON. Its property names are documented in docs/aspnetcore.md and must stay compatible.</summary>
/// <param name="AsOf">The time of the report, in UTC.</param>
/// <param name="Primary">The name of the server that takes writes; null when there is none.</param>
/// <param name="Servers">The servers, in the order of the configuration.</param>
internal sealed record ServersReport(DateTimeOffset AsOf, string? Primary, IReadOnlyList<ServerReport> Servers)
{
    public static ServersReport Of(IReadOnlyList<ServerStatus> servers, DateTimeOffset asOf) => new(
        asOf, PrimaryStatus.Of(servers).Name, [.. servers.Select(s => new ServerReport(
            s.Name, s.Role.ToString(), s.State.ToString(), s.Lag is { } lag ? Math.Round(lag.TotalSeconds, 3) : null, s.InFlight, s.Weight,
            s.Version, s.Position.ToString(), s.Detail, ServerRemedy.Of(s, servers)))]);
}

/// <summary>One server of the report.</summary>
internal sealed record ServerReport(
    string Name, string Role, string State, double? LagSeconds, int InFlight, int Weight, string? Version, string Position, string Detail,
    string Remedy);

/// <summary>Serializes the report without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ServersReport))]
internal sealed partial class ServersJson : JsonSerializerContext;
