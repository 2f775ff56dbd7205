using Settlements.ClickHouse;
using Settlements.DuckDb;
using Settlements.MySql;
using Settlements.Pipelines;
using static Settlements.Tests.Configuration.SettlementFiles;

namespace Settlements.Tests.Configuration;

public sealed class SettlementFileTests
{
    private const string Calendar = "\"calendar\": { \"timeZone\": \"Asia/Seoul\" }";

    [Fact]
    public void A_file_configures_the_same_options_as_the_builder()
    {
        var file = SettlementFile.Parse(Complete, Name, Engines);

        var read = Options(settlement => settlement.UseFile(file));
        var built = Options(Build);

        (file.Store, file.ConnectionString).Should().Be(("mysql", "Server=db1,db2;User ID=settlement;Database=settlement"));
        file.Meters.Should().Equal("ad.view", "share.seconds", "share:KR", "share:other", "video.seconds", "video.view");
        read.Should().BeEquivalentTo(built, options => options
            .Excluding(o => o.Rates).Excluding(o => o.Calendar).ComparingByMembers<UsageTable>().ComparingByMembers<PipelineOptions>()
            .ComparingByMembers<UsageWriterOptions>().WithStrictOrdering());
        (read.Calendar!.TimeZoneId, read.Calendar.WeekStartsOn).Should().Be(("Asia/Seoul", DayOfWeek.Sunday));
        read.Rates.Keys.Should().BeEquivalentTo(built.Rates.Keys);
        foreach (var (meter, rates) in read.Rates)
        {
            rates.Rounding.Should().Be(built.Rates[meter].Rounding);
            rates.All().Select(version =>
                $"{version.Scope}: {version}").Should().Equal(built.Rates[meter].All().Select(version => $"{version.Scope}: {version}"));
        }
    }

    [Fact]
    public void A_file_configures_the_same_engines_as_the_builder()
    {
        var options = Options(settlement => settlement.UseFile(SettlementFile.Parse(Complete, Name, Engines)));

        var servers = options.Sources.Select(source => source.Reader).OfType<MySqlServersReader>().ToList();
        servers[0].Options.Should().BeEquivalentTo(new MySqlSourceOptions
        {
            ConnectionStrings = { "Server=shard1;Database=plays;User ID=reader", "Server=shard2;Database=plays;User ID=reader" },
            Name = "shards", SumPlan = SumPlan.ServerGroupBy, CommandTimeout = TimeSpan.FromMinutes(20),
        });
        servers[1].Options.Should().BeEquivalentTo(new MySqlSourceOptions
        {
            ConnectionStrings = { "Server=shard3;Database=plays;Password=a secret" },
        });
        Reader<ClickHouseReader>().Options.Should().BeEquivalentTo(new ClickHouseOptions
        {
            Endpoint = "https://clickhouse:8443", User = "settlement", Password = "a secret", Database = "media", Name = "media",
            Final = true, SliceRowsMax = 1_000_000, CommandTimeout = TimeSpan.FromMinutes(5), RetriesMax = 3,
            RetryDelay = TimeSpan.FromSeconds(1),
        });
        var files = new DuckDbFilesBuilder().Csv("plays", ';').Csv("more/*.csv", ';').HivePartitions("day")
            .Csv("videos", "videos.csv", '\t').Parquet("owners", "owners.parquet").Build();
        Reader<DuckDbTableReader>().Files.Should().BeEquivalentTo(files);
        Reader<DuckDbTableReader>().Options.Should().BeEquivalentTo(new DuckDbOptions
        {
            MemoryLimitMiB = 400, Threads = 2, TempFolder = "temp", SliceRowsMax = 50_000_000, ItemParts = 4,
        });

        T Reader<T>() => options.Sources.Select(source => source.Reader).OfType<T>().Should().ContainSingle().Subject;
    }

    [Fact]
    public void A_source_on_an_engine_that_the_program_does_not_support_is_an_error()
    {
        var read = () => SettlementFile.Parse(Complete, Name, new MySqlEngine(), new ClickHouseEngine());

        read.Should().Throw<SettlementFileException>().Which.Errors.Should().ContainSingle().Which.Should().Be(
            "settlement.json: $.sources[5]: 'files' is not supported by this program. An application supports it with the package "
            + "Settlements.DuckDb: pass new DuckDbEngine() to SettlementFile.Read or UseFile.");
    }

    [Fact]
    public void A_file_requires_only_a_calendar()
    {
        var file = SettlementFile.Parse($$"""{ {{Calendar}} }""", Name);

        file.Store.Should().BeNull();
        file.ConnectionString.Should().BeNull();
        file.Meters.Should().BeEmpty();
        Options(settlement => settlement.UseFile(file)).Calendar!.WeekStartsOn.Should().Be(DayOfWeek.Monday);
    }

    [Fact]
    public void All_errors_are_reported_at_once_with_file_path_value_and_remedy()
    {
        var errors = Errors("""
            {
              "calendar": { "timezone": "Asia/Seoul" },
              "startsOn": "01.07.2024",
              "meters": ["video.seconds", 5],
              "rates": {
                "video.view": { "versions": [ { "version": "2024", "from": "2024-01-01", "currency": "KRW", "model": "graduated",
                    "tiers": [ { "upTo": 10, "price": "1" } ] } ] },
                "ad.view": { "versions": [ { "version": "2024", "from": "2024-01-01", "currency": "KRW", "model": "flat", "price": -1 } ] }
              },
              "limits": { "grace": "8.00:00:00", "rankingSize": 1.5 }
            }
            """);

        errors.Should().BeEquivalentTo(
            "settlement.json: $.calendar: 'timeZone' is missing. Add it, for example \"timeZone\": \"Asia/Seoul\".",
            "settlement.json: $.calendar.timezone: is not a property of calendar. Remove it, or use one of: timeZone, weekStartsOn.",
            "settlement.json: $.startsOn: the value is \"01.07.2024\"; use a date of the form yyyy-MM-dd, such as \"2024-07-01\".",
            "settlement.json: $.meters[1]: the value is 5; use text in double quotes.",
            "settlement.json: $.rates['video.view'].versions[0].tiers[0].price: the value is \"1\"; use a number, such as 1.1.",
            "settlement.json: $.limits.rankingSize: the value is 1.5; use an integer up to 2147483647 without quotes.",
            "settlement.json: $.limits.grace: Grace is 8.00:00:00; use 0 to 7 days.",
            "settlement.json: $.rates['ad.view'].versions[0]: Rate table 'ad.view' 2024: the price is -1, below 0.");
    }

    [Theory]
    [InlineData("{", "settlement.json: line 1, byte 2: the text is not valid JSON.")]
    [InlineData("{\n  \"store\": sqlite\n}", "settlement.json: line 2, byte 12: the text is not valid JSON.")]
    [InlineData("[]", "settlement.json: $: the value is an array; use an object, { … }.")]
    [InlineData("{ \"calendar\": { \"timeZone\": \"\\ud800\" } }", "settlement.json: a string contains an unpaired surrogate")]
    [InlineData("{}", "settlement.json: $: 'calendar' is missing")]
    public void A_file_without_a_settlement_is_an_error_that_names_it(string json, string message) =>
        Errors(json).Should().ContainSingle().Which.Should().StartWith(message);

    [Fact]
    public void A_duplicate_property_is_an_error() =>
        Errors($$"""{ {{Calendar}}, "rates": { "a b": { "overrides": [] }, "a b": { "overrides": [] } } }""")
            .Should().Contain("settlement.json: $.rates['a b']: occurs twice. Remove one of the two.");

    [Fact]
    public void A_source_of_a_meter_with_invalid_rates_is_not_reported_additionally()
    {
        var errors = Errors(Changed("rates/video.view/versions/0/model", "\"stairs\""));

        errors.Should().ContainSingle().Which.Should().Be(
            "settlement.json: $.rates['video.view'].versions[0].model: the value is \"stairs\"; "
            + "use \"graduated\", \"volume\", \"flat\" or \"package\".");
    }

    [Fact]
    public async Task A_file_is_read_from_its_path()
    {
        var folder = Directory.CreateTempSubdirectory("settlement-").FullName;
        try
        {
            var path = Path.Combine(folder, "a.json");
            await File.WriteAllTextAsync(path, Complete, TestContext.Current.CancellationToken);
            var wrong = Path.Combine(folder, "latin-1.json");
            await File.WriteAllBytesAsync(wrong, [.. "{ \"calendar\": \""u8, 0xFC], TestContext.Current.CancellationToken);

            SettlementFile.Read(path, Engines).Name.Should().Be(path);
            ErrorOf(wrong).Should().Be($"{wrong}: the file is not valid UTF-8. Save it as UTF-8.");
            ErrorOf(Path.Combine(folder, "b.json")).Should().EndWith("b.json: the file does not exist. Create it, or use another path.");
            ErrorOf(folder).Should().StartWith($"{folder}: ");
            Faults(settlement => settlement.UseFile(Path.Combine(folder, "b.json"))).Should().Contain(f =>
                f.Contains("b.json: the file does not exist"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string ErrorOf(string path)
    {
        var read = () => SettlementFile.Read(path);
        return read.Should().Throw<SettlementFileException>().Which.Errors.Should().ContainSingle().Subject;
    }

    private static IEnumerable<string> Faults(Action<SettlementBuilder> configure)
    {
        var start = () => Options(configure);
        return start.Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().Which.Failures;
    }

    /// <summary>The options of complete.json, configured by the builder.</summary>
    private static void Build(SettlementBuilder settlement) => settlement
        .Calendar("Asia/Seoul", DayOfWeek.Sunday)
        .StartsOn(new(2024, 7, 1)).RatesFromStore()
        .Meter("video.seconds").Meter("share:KR").Meter("share:other").Meter("share.seconds")
        .Rates("video.view", rates => rates
            .Graduated("2024-01", new(2024, 1, 1), Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (null, 1.3m)], CounterPeriod.Month)
            .Volume("2024-02", new(2024, 1, 1), Currency.KRW, [(15, 10m), (null, 5m)], CounterPeriod.Month).Supersedes("2024-01")
            .ForPayee("ann", own => own.Flat("ann", new(2024, 1, 1), Currency.KRW, 2.5m).Until(new(2024, 12, 31)))
            .ForItem("v1", own => own.Package("v1", new(2024, 1, 1), Currency.KRW, 1_000, 100m, CounterPeriod.Day))
            .Round(Rounding.Cumulative))
        .Rates("ad.view", rates => rates.Flat("2024", new(2024, 1, 1), new Currency("SEK", 2), 0.000001m))
        .Source("views", source => source
            .Table("view_rows").Key("video_id", "id").OccurredAt("viewed_at", InstantFormat.UnixMilliseconds).Item("video_id")
                .Payee("owner_id")
            .Where("is_bot = 0").CountedFrom(new(2024, 7, 1)).CountedThrough(new(2025, 6, 30))
            .Counts("video.view").Sums("video.seconds", "watched", new(2024, 8, 1)))
        .Source("shares", source => source
            .Table("social.shares").Join("videos", "videos.id = shares.video_id").OccurredAt("shared_at").Item("shares.video_id")
            .PayeeAsOf("video_owners", on: "video_id", from: "valid_from", payee: "owner_id", InstantFormat.UnixSeconds)
            .Counts("share", by: "videos.country", other: "other").Sums("share.seconds", "watched_ms", per: 1_000))
        .Source("sharded", source => source
            .Table("view_rows").OccurredAt("viewed_at").Item("video_id").Payee("owner_id").Counts("video.view")
            .OnMySqlServer("Server=shard1;Database=plays;User ID=reader"))
        .Source("moved", source => source
            .Table("view_rows").OccurredAt("viewed_at").Item("video_id").Payee("owner_id").Counts("video.view")
            .OnMySqlServer("Server=shard3;Database=plays"))
        .Source("cluster", source => source
            .Table("media.plays_all").OccurredAt("at").Item("video_id").Payee("owner_id").Counts("video.view")
            .OnClickHouse(clickhouse => clickhouse.Endpoint = "https://clickhouse:8443"))
        .Source("files", source => source
            .Table("plays").Join("videos", "videos.id = plays.video_id").OccurredAt("at").Item("video_id")
            .PayeeAsOf("owners", on: "video_id", from: "valid_from", payee: "owner_id").Counts("video.view")
            .OnDuckDb(files => files.Csv("plays", ';').Csv("videos", "videos.csv").Parquet("owners", "owners.parquet")))
        .Configure(options =>
        {
            options.AheadMax = TimeSpan.FromDays(2);
            options.Grace = TimeSpan.FromMinutes(30);
            options.EmptyDaysAtStartMax = 10;
            options.ChunkRowsMax = 1_000_000;
            options.PartialsPerItemRange = 100_000;
            options.RankingSize = 50;
            options.Pipeline = new PipelineOptions
            {
                Workers = 4, LeaseDuration = TimeSpan.FromMinutes(1), RetriesMax = 7, RetryDelay = TimeSpan.FromMilliseconds(200),
            };
            options.Corrections = new CorrectionOptions
            {
                SecondPerson = false, VarianceMax = 1_000.5m, AnomalyPercentMax = 50, RequireTrial = true,
            };
            options.Estimates = new EstimateOptions { DaysMax = 62, WaitMax = TimeSpan.FromMinutes(5) };
            options.Writer = new UsageWriterOptions
            {
                QueueEventsMax = 20_000, QueueWaitMax = TimeSpan.FromSeconds(10), GroupEventsMax = 2_000, Committers = 3, RetriesMax = 4,
                RetryDelay = TimeSpan.FromSeconds(1), DrainMax = TimeSpan.FromSeconds(15),
            };
        });
}
