using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Settlements.Tests.Configuration.SettlementFiles;

namespace Settlements.Tests.Configuration;

/// <summary>Tests that the published schema and the reader accept the same files.</summary>
public sealed partial class SettlementSchemaTests
{
    [Fact]
    public void Schema_and_reader_have_the_same_properties_and_the_complete_file_has_all()
    {
        var errors = new FileErrors(Name);
        using var document = System.Text.Json.JsonDocument.Parse(Node(Complete).ToJsonString());
        FileReader.Read(new FileValue(errors, "$", document.RootElement), new FileContent(), errors, Engines);

        var definitions = Node(File.ReadAllText(SchemaPath))["definitions"]!.AsObject();
        var published = definitions.Where(d => d.Value!["properties"] is not null)
            .ToDictionary(d => d.Key, d => d.Value!["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));

        errors.All.Should().BeEmpty();
        published.Keys.Should().BeEquivalentTo(errors.Properties.Keys);
        foreach (var (kind, properties) in errors.Properties)
            properties.Should().Equal(published[kind], kind);
        IsValidBySchema(Complete).Should().BeTrue();
        Names(Node(Complete)).Should().Contain(published.SelectMany(kind => kind.Value), "complete.json has every property");
        foreach (var kind in published.Keys)
            definitions[kind]!["additionalProperties"]!.GetValue<bool>().Should().BeFalse($"{kind} has no other properties");
    }

    public static TheoryData<string> Published()
    {
        var files = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(PathOf("samples"), "settlement.json", SearchOption.AllDirectories))
        {
            if (!file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                files.Add(Path.GetRelativePath(PathOf("."), file));
        }

        foreach (var page in Directory.EnumerateFiles(PathOf("docs"), "*.md")
            .Concat(Directory.EnumerateFiles(PathOf("docs/guides"), "*.md"))
            .Append(PathOf("src/Settlements.Cli/README.md")))
        {
            for (var i = 0; i < Examples(page).Count; i++)
                files.Add($"{Path.GetRelativePath(PathOf("."), page)}#{i}");
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void Schema_and_reader_accept_published_files(string file)
    {
        var parts = file.Split('#');
        var json = parts.Length == 1 ? File.ReadAllText(PathOf(file)) : Examples(PathOf(parts[0]))[int.Parse(parts[1], null)];

        var read = () => SettlementFile.Parse(json, file, Engines);

        read.Should().NotThrow();
        IsValidBySchema(json).Should().BeTrue();
    }

    [Theory]
    [InlineData("store", "\"oracle\"", "$.store")]
    [InlineData("connection", "\"\"", "$.connection")]
    [InlineData("calendar", null, "$: 'calendar' is missing")]
    [InlineData("calendar/weekStartsOn", "\"Monday\"", "$.calendar.weekStartsOn")]
    [InlineData("calendar/zone", "1", "$.calendar.zone: is not a property")]
    [InlineData("startsOn", "20240701", "$.startsOn")]
    [InlineData("rates", "[]", "$.rates: the value is an array; use an object")]
    [InlineData("rates/video.view/rounding", "\"half-even\"", "$.rates['video.view'].rounding")]
    [InlineData("rates/video.view/versions/0/version", null, "'version' is missing")]
    [InlineData("rates/video.view/versions/0/from", "\"2024\"", ".versions[0].from")]
    [InlineData("rates/video.view/versions/0/currency", "\"won\"", ".versions[0].currency")]
    [InlineData("rates/video.view/versions/0/counterPeriod", "\"decade\"", ".versions[0].counterPeriod")]
    [InlineData("rates/video.view/versions/0/price", "1", "'price' is not valid for the model graduated")]
    [InlineData("rates/video.view/versions/0/tiers", null, "'tiers' is missing")]
    [InlineData("rates/video.view/versions/0/tiers/0/upTo", "1.5", ".tiers[0].upTo")]
    [InlineData("rates/video.view/versions/0/tiers/0/upto", "5", ".tiers[0].upto: is not a property of rateTier")]
    [InlineData("rates/video.view/overrides/0/item", "\"v1\"", "has both an item and a payee")]
    [InlineData("rates/video.view/overrides/0/payee", null, "has neither an item nor a payee")]
    [InlineData("rates/video.view/overrides/0/versions/0/tiers", "[]", "'tiers' is not valid for the model flat")]
    [InlineData("rates/video.view/overrides/1/versions/0/unitsPerPackage", null, "'unitsPerPackage' is missing")]
    [InlineData("rates/ad.view/versions/0/currency", "{ \"code\": \"SEK\", \"minorUnitDigits\": 5 }", "use 0 to 4 for minorUnitDigits")]
    [InlineData("rates/ad.view/versions/0/price", "1000001",
        "$.rates['ad.view'].versions[0]: Rate table 'ad.view' 2024: the price is 1000001")]
    [InlineData("rates/ad.view", "{}", "'versions' is missing")]
    [InlineData("sources/0/table", null, "$.sources[0]: 'table' is missing")]
    [InlineData("sources/0/key", "[]", "$.sources[0].key: the value is")]
    [InlineData("sources/1/payeeAsOf/from", null, "$.sources[1].payeeAsOf: 'from' is missing")]
    [InlineData("sources/1/joins/0/on", "1", "$.sources[1].joins[0].on")]
    [InlineData("sources/1/counts/1/per", "0", "$.sources[1]: Source 'shares': meter 'share.seconds' is summed per 0")]
    [InlineData("sources/0/occurredAtFormat", "\"iso\"", "$.sources[0].occurredAtFormat")]
    [InlineData("sources/0/counts/0/meter", null, "$.sources[0].counts[0]: 'meter' is missing")]
    [InlineData("sources/2/mySqlServers/connections", "[]", "$.sources[2].mySqlServers.connections: the value is an array; name at least")]
    [InlineData("sources/2/mySqlServers/connections", null, "$.sources[2].mySqlServers: Use either 'connections'")]
    [InlineData("sources/2/mySqlServers/connectionVariables", "[\"SETTLEMENT_TEST_SERVER\"]",
        "$.sources[2].mySqlServers: Use either 'connections'")]
    [InlineData("sources/2/mySqlServers/sumPlan", "\"both\"", "$.sources[2].mySqlServers.sumPlan")]
    [InlineData("sources/4/clickHouse/endpoint", null, "$.sources[4].clickHouse: 'endpoint' is missing")]
    [InlineData("sources/4/clickHouse/password", "\"secret\"", "$.sources[4].clickHouse.password: is not a property of clickHouse")]
    [InlineData("sources/4/clickHouse/retriesMax", "101", "$.sources[4]: Source 'cluster': RetriesMax is 101")]
    [InlineData("sources/4/mySqlServers", "{ \"connections\": [\"Server=a;Database=b\"] }", "has 'mySqlServers' and 'clickHouse'. Use one")]
    [InlineData("sources/5/files/format", "\"orc\"", "$.sources[5].files.format")]
    [InlineData("sources/5/files/paths", null, "$.sources[5].files: 'paths' is missing")]
    [InlineData("sources/5/files/delimiter", "\"--\"", "$.sources[5].files.delimiter")]
    [InlineData("sources/5/files/tables/0/path", null, "$.sources[5].files.tables[0]: 'path' is missing")]
    [InlineData("sources/5/files/itemParts", "0", "$.sources[5]: Source 'files': ItemParts is 0")]
    [InlineData("limits/grace", "\"10 minutes\"", "$.limits.grace")]
    [InlineData("limits/chunkRowsMax", "0", "$.limits.chunkRowsMax: ChunkRowsMax is 0")]
    [InlineData("pipeline/workers", "65", "$.pipeline.workers: Workers is 65")]
    [InlineData("corrections/secondPerson", "\"yes\"", "$.corrections.secondPerson")]
    [InlineData("corrections/anomalyPercentMax", "0", "$.corrections.anomalyPercentMax")]
    [InlineData("corrections/requireTrial", "1", "$.corrections.requireTrial")]
    [InlineData("estimates/daysMax", "0", "$.estimates.daysMax: Estimates.DaysMax is 0")]
    [InlineData("estimates/waitMax", "\"10 minutes\"", "$.estimates.waitMax")]
    [InlineData("writer/committers", "17", "$.writer.committers")]
    [InlineData("rules", "{}", "$.rules: is not a property of settlement")]
    public void Schema_and_reader_refuse_an_invalid_value(string place, string? value, string words)
    {
        var json = Changed(place, value);

        // A source that counts a meter with invalid rates is a second error.
        Errors(json)[0].Should().StartWith("settlement.json: $").And.Contain(words);
        Errors(json).Count(error => !error.Contains("has no rates and is not declared", StringComparison.Ordinal)).Should().Be(1);
        IsValidBySchema(json).Should().BeFalse();
    }

    [Theory]
    [InlineData("calendar/timeZone", "\"Mars/Olympus\"", "$.calendar.timeZone: ")]
    [InlineData("startsOn", "\"2024-02-30\"", "$.startsOn: ")]
    [InlineData("rates/video.view/versions/0/tiers/1/upTo", "99999", "$.rates['video.view'].versions[0]: Rate table 'video.view' 2024-01")]
    [InlineData("rates/ad.view/versions/0/currency", "\"SEK\"", "{ \"code\": \"SEK\", \"minorUnitDigits\": 2 }")]
    [InlineData("sources/0/counts/0/meter", "\"video.veiw\"", "$.sources[0]: Source 'views' counts meter 'video.veiw'")]
    [InlineData("rates/video.view/versions/1/supersedes", "\"2023\"", "$.rates['video.view']: Rate table 'video.view': version 2024-02")]
    [InlineData("sources/4/clickHouse/endpoint", "\"clickhouse\"", "$.sources[4]: Source 'cluster'")]
    [InlineData("sources/4/clickHouse/passwordVariable", "\"SETTLEMENT_TEST_UNSET\"", "the environment has no variable of this name")]
    [InlineData("sources/5/payeeAsOf/table", "\"others\"", "$.sources[5]: Source 'files': 'others' is joined, and no files have this name")]
    [InlineData("limits/grace", "\"9.00:00:00\"", "$.limits.grace: Grace is 9.00:00:00")]
    public void The_reader_refuses_errors_that_the_schema_cannot_express_with_their_path(string place, string value, string words) =>
        Errors(Changed(place, value)).Should().ContainSingle().Which.Should().Contain(words);

    [Theory]
    [InlineData("connection", "[\"Password=s3cret\"]", "the value is an array; use text")]
    [InlineData("connection", "73313337", "the value is not shown, since it may be a secret; use text")]
    [InlineData("sources/4/clickHouse/passwordVariable", "\"73313337\"", "the value is not shown, since it may be a secret; the environment")]
    [InlineData("sources/2/mySqlServers/connections", "\"Server=a;Password=73313337\"",
        "the value is not shown, since it may be a secret; use an array")]
    [InlineData("sources/2/mySqlServers/connections", "[73313337]", "the value is not shown, since it may be a secret; use text")]
    public void Errors_do_not_show_a_secret(string place, string value, string words)
    {
        var error = Errors(Changed(place, value)).Should().ContainSingle().Subject;

        error.Should().Contain(words).And.NotContain("73313337").And.NotContain("s3cret");
    }

    /// <summary>Returns the settlement files in a documentation page.</summary>
    private static List<string> Examples(string page) => [.. JsonBlocks().Matches(File.ReadAllText(page).ReplaceLineEndings("\n"))
        .Select(block => block.Groups[1].Value).Where(json => json.Contains("\"calendar\"", StringComparison.Ordinal))];

    private static IEnumerable<string> Names(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Names(member.Value).Prepend(member.Key)),
        JsonArray items => items.SelectMany(Names),
        _ => [],
    };

    [GeneratedRegex("^```jsonc?\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex JsonBlocks();
}
