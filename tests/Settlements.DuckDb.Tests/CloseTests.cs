using Settlements.Pipelines;
using Settlements.Sqlite.Tests;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.DuckDb.Tests;

/// <summary>Tests of closes that stop in the middle, of files that change, and of invalid configurations.</summary>
public sealed class CloseTests : IDisposable
{
    private readonly DuckDbFolder _folder = new();

    public CloseTests() => _folder.Write("plays/a.parquet", "SELECT TIMESTAMP '2024-06-30 15:00:00' + INTERVAL (i) MINUTE AS \"at\", "
        + "'v' || (i % 20) AS video_id, 'p' || (i % 3) AS owner_id, i AS watched FROM range(1000) t(i)");

    [Theory]
    [InlineData(250, 1, 5)]
    [InlineData(1_000_000, 5, 5)]
    public async Task A_stopped_close_resumes_with_its_planned_slices_and_sums_none_twice(int sliceRows, int parts, int slices)
    {
        await using var store = new SqliteUnderTest();
        var options = new DuckDbOptions { SliceRowsMax = sliceRows, ItemParts = parts };
        var stopping = new StoppingReader(_folder["plays"], options, stopsAt: 3);
        await using (var stopped = await StartAsync(store, p => p.ReadWith(stopping)))
            await stopped.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>().WithMessage("stopped");

        // The second process has other options: the slices are those of the first.
        var resumed = new StoppingReader(_folder["plays"], new DuckDbOptions(), stopsAt: 0);
        await using var scenario = await StartAsync(store, p => p.ReadWith(resumed));
        await scenario.CloseAsync(Scenario.Monday);

        stopping.Summed.Should().HaveCount(2);
        stopping.Summed.Concat(resumed.Summed).Should().OnlyHaveUniqueItems().And.HaveCount(slices);
        (await scenario.LinesAsync()).Where(l => l.Meter == "video.seconds").Sum(l => l.Quantity).Should().Be(999 * 1000 / 2);
        (await scenario.LinesAsync()).Where(l => l.Meter == "video.view").Sum(l => l.Quantity).Should().Be(1000);
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task A_slice_of_another_version_of_the_hash_is_refused()
    {
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder["plays"]));
        var day = DuckDbFolder.Day(source, Scenario.Monday);
        var slice = new SourceSlice(
            [SliceValue.Of(day.Range.Start), SliceValue.Of("v1.0.0"), SliceValue.Of(0L), SliceValue.Of(2L)],
                [SliceValue.Of(day.Range.End)]);

        (await FluentActions.Awaiting(() => source.SumAsync(day, slice, new SumAccumulator(), default)).Should()
            .ThrowAsync<UsageSourceException>())
            .WithMessage("*planned with the hash of DuckDB v1.0.0*Abandon the run and close the day again*");
    }

    [Fact]
    public async Task A_file_removed_after_the_close_is_found_by_reconciling()
    {
        await using var store = new SqliteUnderTest();
        _folder.Write("plays/b.parquet", DuckDbFolder.Rows("TIMESTAMP '2024-07-01 03:00:00', 'v1', 'late', 5::BIGINT"));
        await using var scenario = await StartAsync(store, p => p.OnDuckDb(f => f.Parquet(_folder["plays"])));
        await scenario.CloseAsync(Scenario.Monday);
        File.Delete(_folder["plays/b.parquet"]);

        var report = await scenario.Engine.Reconciler.ReconcileAsync(
            new DateRange(Scenario.Monday, Scenario.Monday), new ReconcileOptions { DryRun = true });

        report.Findings.Select(f => (f.Meter, f.PayeeId, f.Quantity, f.Events)).Should().BeEquivalentTo(
            [("video.seconds", "late", -5L, -1L), ("video.view", "late", -1L, -1L)]);
    }

    [Fact]
    public async Task The_state_changes_with_the_files_of_the_day_alone()
    {
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder["plays"]));
        var day = DuckDbFolder.Day(source, Scenario.Monday);
        var state = await source.FindStateAsync(day, default);
        _folder.Write("plays/b.parquet", DuckDbFolder.Rows("TIMESTAMP '2024-07-08 03:00:00', 'v1', 'late', 5::BIGINT"));
        (await source.FindStateAsync(day, default)).Should().Be(state).And.Contain(_folder["plays/a.parquet"]);
        _folder.Write("plays/c.parquet", DuckDbFolder.Rows("TIMESTAMP '2024-07-01 03:00:00', 'v1', 'late', 5::BIGINT"));
        (await source.FindStateAsync(day, default)).Should().NotBe(state);
        File.Delete(_folder["plays/c.parquet"]);
        (await source.FindStateAsync(day, default)).Should().Be(state);

        // The same length and time, and another content.
        var written = File.GetLastWriteTimeUtc(_folder["plays/a.parquet"]);
        var bytes = await File.ReadAllBytesAsync(_folder["plays/a.parquet"]);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(_folder["plays/a.parquet"], bytes);
        File.SetLastWriteTimeUtc(_folder["plays/a.parquet"], written);
        (await source.FindStateAsync(day, default)).Should().NotBe(state);
    }

    [Fact]
    public void All_errors_of_a_configuration_are_reported_at_once()
    {
        var errors = new List<string>();
        new UsageTableBuilder("plays").OnDuckDb(
                f => f.Parquet("s3://bucket/a.parquet").Parquet(" ").Csv("/a.csv").JsonLines("/a.jsonl"),
                o => (o.MemoryLimitMiB, o.Threads, o.TempFolder, o.SliceRowsMax, o.ItemParts) = (1, 0, " ", 0, 0))
            .OccurredAt("at").Item("i").Key("i").Where("a = 1) OR (1 = 1").Counts("video.view")
            .PayeeAsOf("owners", on: "i", from: "f", payee: "p").Build(errors);
        new UsageTableBuilder("none").OnDuckDb(_ => { }).OccurredAt("at").Item("i").Payee("p").Counts("video.view").Build(errors);
        new UsageTableBuilder("joined").OnDuckDb(f => f.Parquet("/a.parquet")).OccurredAt("at").Item("i").Payee("p")
            .Join("videos", "videos.id = plays.i").Counts("video.view").Build(errors);
        new UsageTableBuilder("db").OnDuckDb(f => f.Database("/a.db").HivePartitions("day")).OccurredAt("at").Item("i").Payee("p")
            .Counts("video.view").Build(errors);

        foreach (var expected in new[]
        {
            "*'s3://bucket/a.parquet' is an address*mount the storage*", "*path is blank*", "*several formats*",
                "*MemoryLimitMiB is 1; use 64*",
            "*Threads is 0*", "*TempFolder is blank*", "*SliceRowsMax is 0*", "*ItemParts is 0*", "*Where(\"a = 1) OR*",
                "*'joined': Join(…) needs Table(name)*",
            "*'owners' is joined, and no files have this name*", "*Key(…) has no meaning*", "*'none': no files are configured*",
            "*'db': HivePartitions applies to folders*", "*'db': Table(…) is missing*",
        })
        {
            errors.Should().ContainMatch(expected);
        }
    }

    private static Task<Scenario> StartAsync(StoreUnderTest store, Action<UsageTableBuilder> read) => Scenario.StartAsync(store, s =>
    {
        Scenario.UsualRates(s);
        s.Configure(o => o.Pipeline = new PipelineOptions { Workers = 1 }).Source("plays", p =>
        {
            read(p);
            p.OccurredAt("at").Item("video_id").Payee("owner_id").CountedFrom(Scenario.Monday).Counts("video.view")
                .Sums("video.seconds", "watched");
        });
    });

    public void Dispose() => _folder.Dispose();

    /// <summary>Reads files, and fails at a slice like a process that is killed.</summary>
    private sealed class StoppingReader(string folder, DuckDbOptions options, int stopsAt) : IUsageTableReader
    {
        private readonly DuckDbTableReader _reader = new(
            new SourceFiles(FileFormat.Parquet, [FilePaths.Normalize(FileFormat.Parquet, folder)], ',', null, [], []), options);

        public List<string> Summed { get; } = [];

        public IEnumerable<string> Validate(UsageTable table) => _reader.Validate(table);

        public IUsageSource Create(UsageTable table, IServiceProvider services) =>
            new Source(_reader.Create(table, services), this, stopsAt);

        private sealed class Source(IUsageSource source, StoppingReader reader, int stopsAt) : IUsageSource
        {
            private int _sums;

            public string Name => source.Name;

            public IReadOnlyList<SourceMeter> Meters => source.Meters;

            public Task<string> IdentifyAsync(CancellationToken cancellationToken) => source.IdentifyAsync(cancellationToken);

            public Task ValidateAsync(CancellationToken cancellationToken) => source.ValidateAsync(cancellationToken);

            public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) =>
                source.FindFirstInstantAsync(from, cancellationToken);

            public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken) =>
                source.SliceAsync(day, 1, cancellationToken);

            public async Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
            {
                if (++_sums == stopsAt)
                    throw new UsageSourceException("stopped");
                var rows = await source.SumAsync(day, slice, totals, cancellationToken);
                if (slice is not null)
                    reader.Summed.Add(slice.ToString());
                return rows;
            }
        }
    }
}
