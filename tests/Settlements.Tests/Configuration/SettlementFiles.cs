using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Settlements.Tests.Configuration;

/// <summary>Reads settlement files and their published schema for tests.</summary>
internal static class SettlementFiles
{
    public const string Name = "settlement.json";

    private static readonly JsonDocumentOptions Syntax = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly Lazy<JsonSchema> Published = new(() => JsonSchema.FromText(File.ReadAllText(SchemaPath)));

    public static SourceEngine[] Engines { get; } = [new MySqlEngine(), new ClickHouseEngine(), new DuckDbEngine()];

    public static string SchemaPath => PathOf("docs/public/settlement.schema.json");

    /// <summary>The test file that has every property.</summary>
    public static string Complete { get; } = ReadComplete();

    public static string PathOf(string name) => Path.Combine(Root(), name);

    public static JsonNode Node(string json) => JsonNode.Parse(json, documentOptions: Syntax)!;

    public static bool IsValidBySchema(string json)
    {
        using var document = JsonDocument.Parse(json, Syntax);
        return Published.Value.Evaluate(document.RootElement.Clone()).IsValid;
    }

    /// <summary>Returns the complete file with the value at a path of names and indexes replaced; null removes it.</summary>
    public static string Changed(string place, string? value)
    {
        var root = Node(Complete);
        var names = place.Split('/');
        var owner = names.SkipLast(1).Aggregate(root, (node, name) => node is JsonArray ? node[int.Parse(name, null)]! : node[name]!);
        if (value is null)
            owner.AsObject().Remove(names[^1]);
        else if (owner is JsonArray)
            owner[int.Parse(names[^1], null)] = Node(value);
        else
            owner[names[^1]] = Node(value);
        return root.ToJsonString();
    }

    public static IReadOnlyList<string> Errors(string json)
    {
        var read = () => SettlementFile.Parse(json, Name, Engines);
        return read.Should().Throw<SettlementFileException>().Which.Errors;
    }

    public static SettlementOptions Options(Action<SettlementBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddSettlement(settlement => configure(settlement.UseStore("a store")));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<SettlementOptions>>().Value;
    }

    private static string ReadComplete()
    {
        Environment.SetEnvironmentVariable("SETTLEMENT_TEST_PASSWORD", "a secret");
        Environment.SetEnvironmentVariable("CLICKHOUSE_PASSWORD", "of the documented example");
        Environment.SetEnvironmentVariable("SETTLEMENT_TEST_SERVER", "Server=shard3;Database=plays;Password=a secret");
        using var reader = new StreamReader(typeof(SettlementFiles).Assembly.GetManifestResourceStream("complete.json")!);
        return reader.ReadToEnd();
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
