using System.Data.Common;
using Microsoft.Extensions.Time.Testing;
using Settlements.Stores;

namespace Settlements.Tests.Loading;

/// <summary>Tests of a load's chunks, counts and progress.</summary>
public sealed class EventLoaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_stored_in_chunks_of_the_configured_size()
    {
        var store = new MemoryEventStore { FirstOpenInstant = Csv.Event(1).OccurredAt.AddTicks(1) };

        var report = await Csv.LoadAsync(store, Csv.Rows(1, 10), new() { ChunkRows = 4 });

        report.Should().BeEquivalentTo(new { Sent = 10, Stored = 10, Duplicates = 0, Rejected = 0, Late = 10 });
        store.BatchSizes.Should().Equal(4, 4, 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Loading_a_file_again_stores_nothing_and_succeeds(int chunkRows)
    {
        var store = new MemoryEventStore();
        await Csv.LoadAsync(store, Csv.Rows(1, 10), new() { ChunkRows = 4 });

        var report = await Csv.LoadAsync(store, Csv.Rows(1, 10), new() { ChunkRows = chunkRows });

        report.Should().BeEquivalentTo(new { Sent = 10, Stored = 0, Duplicates = 10, Rejected = 0 });
        store.Events.Should().HaveCount(10);
    }

    [Fact]
    public async Task A_row_twice_in_one_chunk_is_stored_once()
    {
        var store = new MemoryEventStore();

        var report = await Csv.LoadAsync(store, Csv.Rows(Csv.Row(1), Csv.Row(2), Csv.Row(1)));

        report.Should().BeEquivalentTo(new { Sent = 3, Stored = 2, Duplicates = 1, Rejected = 0 });
    }

    [Fact]
    public async Task Progress_is_reported_after_each_chunk_with_bytes_and_time()
    {
        var clock = new FakeTimeProvider();
        var store = new MemoryEventStore
        {
            OnCall = (_, _) =>
            {
                clock.Advance(TimeSpan.FromSeconds(2));
                return Task.CompletedTask;
            },
        };
        var text = Csv.Rows(1, 4);
        var reported = new List<LoadProgress>();

        var report = await new UsageLoader(store, clock).LoadCsvAsync(
            Csv.Stream(text), new() { ChunkRows = 2 }, new ProgressList(reported), Token);

        var half = Csv.Rows(1, 2).Length;
        reported.Should().BeEquivalentTo(
            [new LoadProgress(2, 2, 0, 0, half, text.Length, TimeSpan.FromSeconds(2)),
            new LoadProgress(4, 4, 0, 0, text.Length, text.Length, TimeSpan.FromSeconds(4))], o => o.WithStrictOrdering());
        reported[0].RowsPerSecond.Should().Be(1);
        reported[0].Remaining.Should().BeCloseTo(TimeSpan.FromSeconds(2.0 * (text.Length - half) / half), TimeSpan.FromMilliseconds(1));
        reported[1].Fraction.Should().Be(1);
        report.RowsPerSecond.Should().Be(1);
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_reports_bytes_without_a_total()
    {
        var reported = new List<LoadProgress>();
        var stream = new ScriptedStream(Csv.Stream(Csv.Rows(1, 1)), _ => 10);

        await new UsageLoader(new MemoryEventStore(), TimeProvider.System).LoadCsvAsync(stream, null, new ProgressList(reported), Token);

        reported.Should().ContainSingle().Which.Should().Match<LoadProgress>(it =>
            it.BytesRead == Csv.Rows(1, 1).Length && it.BytesTotal == null && it.Fraction == null && it.Remaining == null);
    }

    [Fact]
    public async Task A_stream_is_read_from_its_position_and_left_open()
    {
        var stream = Csv.Stream("skipped" + Csv.Rows(1, 1));
        stream.Position = 7;
        var reported = new List<LoadProgress>();

        await new UsageLoader(new MemoryEventStore(), TimeProvider.System).LoadCsvAsync(stream, null, new ProgressList(reported), Token);

        reported.Should().ContainSingle().Which.BytesTotal.Should().Be(stream.Length - 7);
        stream.CanRead.Should().BeTrue();
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    [InlineData("sv-SE")]
    [InlineData("ar-SA")]
    public async Task Results_and_messages_do_not_depend_on_the_culture(string culture)
    {
        var text = Csv.Rows(
            Csv.Row(1, "-5"), Csv.Row(1, "-6"), Csv.Row(2).With("2024-07-01", "2023-02-29"), Csv.Row(3, "-1000000000001"), "x");
        var (expected, expectedEvents) = await LoadAsync(text);
        var before = Thread.CurrentThread.CurrentCulture;
        try
        {
            Thread.CurrentThread.CurrentCulture = new System.Globalization.CultureInfo(culture);

            var (rejected, events) = await LoadAsync(text);

            rejected.Should().BeEquivalentTo(expected, o => o.WithStrictOrdering()).And.HaveCount(4);
            events.Should().Equal(expectedEvents).And.HaveCount(1);
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task A_store_that_reports_wrong_counts_fails_the_load()
    {
        var load = () => Csv.LoadAsync(new MiscountingStore(), Csv.Rows(1, 3));

        (await load.Should().ThrowAsync<InvalidOperationException>()).WithMessage(
            "The counts of the load do not add up: 3 sent, 2 stored (0 of them late), 0 duplicates, 0 rejected. *");
    }

    [Theory]
    [InlineData(1, 0, 0, 0, 0)]
    [InlineData(2, 1, 1, 1, 0)]
    [InlineData(1, 1, 0, 0, 2)]
    [InlineData(0, 1, -1, 0, 0)]
    public void A_report_whose_counts_do_not_add_up_can_not_be_created(long sent, long stored, long duplicates, long rejected, long late) =>
        FluentActions.Invoking(() => new LoadReport(sent, stored, duplicates, rejected, late, TimeSpan.Zero))
            .Should().Throw<InvalidOperationException>().WithMessage("The counts of the load do not add up: *");

    [Fact]
    public async Task All_invalid_options_are_reported_at_once_before_the_first_read()
    {
        var load = () => Csv.LoadAsync(new MemoryEventStore(), "", new() { ChunkRows = 1_000_001, RejectsMax = -1 });

        (await load.Should().ThrowAsync<ArgumentException>()).WithMessage(
            "The load options are invalid. ChunkRows is 1000001; use 1 to 1000000. " +
            "RejectsMax is -1; use 0 (stop at the first rejected row) or more.");
    }

    private static async Task<(List<RejectedRow> Rejected, List<UsageEvent> Events)> LoadAsync(string text)
    {
        var store = new MemoryEventStore();
        var rejected = new List<RejectedRow>();
        await Csv.LoadAsync(store, text, new()
        {
            RejectsMax = 10,
            OnRejected = (row, _) =>
            {
                rejected.Add(row);
                return ValueTask.CompletedTask;
            },
        });
        return (rejected, [.. store.Events]);
    }

    private sealed class ProgressList(List<LoadProgress> reported) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => reported.Add(value);
    }

    private sealed class MiscountingStore : IEventStore
    {
        public Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken) =>
            Task.FromResult(new StoredBatch(batch.Count - 1, 0, 0, []));

        public Task<StoredBatch> StoreInTransactionAsync(
            DbTransaction transaction, EventBatch batch, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<EventNote>> ListNotesAsync(
            string meter, string itemId, string payeeId, UtcRange range, int countMax, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<StoredBatch> StoreWithOutcomesAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken) =>
            StoreAsync(batch, conflictsMax, cancellationToken);
    }
}
