using System.Data.Common;
using FsCheck.Fluent;
using Settlements.Stores;

namespace Settlements.Tests.Rankings;

/// <summary>Tests that rankings of weeks and months, derived from those of the day before, equal rankings of all lines.</summary>
public sealed class RankingWriterTests
{
    private static readonly BusinessCalendar Calendar = new("Asia/Seoul");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Incremental_rankings_equal_rankings_of_all_lines_of_the_period(int size)
    {
        var line =
            from day in Gen.Choose(0, 16)
            from item in Gen.Choose(1, 9)
            from payee in Gen.Elements("ann", "bob")
            from quantity in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(-9, 20))
            select new MemoryRankings.Line(new DateOnly(2024, 6, 24).AddDays(day), $"v{item}", payee, quantity);
        foreach (var lines in Gen.ListOf(line).Sample(200, 40))
        {
            var store = new MemoryRankings([.. lines]);
            var writer = new RankingWriter(store, Calendar, size);
            for (var day = new DateOnly(2024, 6, 24); day <= new DateOnly(2024, 7, 10); day = day.AddDays(1))
            {
                var meters = lines.Any(l => l.Day == day) ? new[] { "m" } : [];
                var ranks = await writer.RankAsync(null!, day.DayNumber, day, meters, TestContext.Current.CancellationToken);
                await writer.WriteAsync(null!, day.DayNumber, ranks, TestContext.Current.CancellationToken);
                foreach (var period in MemoryRankings.Periods)
                {
                    var first = Calendar.PeriodOf(day, period).First;
                    store.Kept(day, period).Should().BeEquivalentTo(
                        store.Top(new DateRange(first, day), size), o => o.WithStrictOrdering(),
                        "the {0} of {1} of {2}", period, day, string.Join(' ', lines));
                }
            }
        }
    }

    /// <summary>An in-memory store of lines, in which the run of a day has the day's number.</summary>
    private sealed class MemoryRankings(List<MemoryRankings.Line> lines) : IRankingStore
    {
        public Task DeleteObsoleteRowsAsync(
            DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        private readonly Dictionary<DateOnly, IReadOnlyList<StoredRank>> _kept = [];

        public static CalendarPeriod[] Periods { get; } = [CalendarPeriod.Day, CalendarPeriod.Week, CalendarPeriod.Month];

        public IEnumerable<RankedItem> Kept(DateOnly day, CalendarPeriod period) =>
            _kept[day].Where(k => k.Period == period).Select(k => k.Item);

        public IEnumerable<RankedItem> Top(DateRange days, int count) => All(days, null).Take(count)
            .Select((item, i) => new RankedItem(i + 1, item.ItemId, item.PayeeId, item.Quantity));

        public Task<IReadOnlyList<StoredRank>> ListByDayAsync(
            DbTransaction transaction, DateOnly day, CancellationToken cancellationToken) =>
            Task.FromResult(_kept.GetValueOrDefault(day) ?? []);

        public Task<IReadOnlyList<ItemQuantity>> TopOfRunAsync(
            DbTransaction transaction, long runId, string meter, long quantityMin, int count, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ItemQuantity>>([.. All(Run(runId), null).Where(i => i.Quantity >= quantityMin).Take(count)]);

        public Task<IReadOnlyList<ItemQuantity>> SumItemsAsync(
            DbTransaction transaction, long runId, DateRange? days, string meter, IReadOnlyList<string> itemIds,
            CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ItemQuantity>>([.. All(days ?? Run(runId), itemIds)]);

        public Task<IReadOnlyList<ItemQuantity>> TopOfPeriodAsync(
            DbTransaction transaction, long runId, DateRange days, string meter, int count, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ItemQuantity>>([.. All(days, null).Take(count)]);

        public Task WriteAsync(DbTransaction transaction, long runId, IReadOnlyList<StoredRank> ranks, CancellationToken cancellationToken)
        {
            _kept[DateOnly.FromDayNumber((int)runId)] = ranks;
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<RankedItem>> ReadAsync(
            CalendarPeriod period, DateRange days, string meter, int count,
            CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<RankedItem>> ComputeAsync(
            DateRange days, string meter, string? payeeId, int count,
            CancellationToken cancellationToken) => throw new NotSupportedException();

        private static DateRange Run(long runId) => new(DateOnly.FromDayNumber((int)runId), DateOnly.FromDayNumber((int)runId));

        private IEnumerable<ItemQuantity> All(DateRange days, IReadOnlyList<string>? items) => lines
            .Where(l => days.Contains(l.Day) && items?.Contains(l.ItemId) != false)
            .GroupBy(l => l.ItemId)
            .Select(g => new ItemQuantity(
                g.Key, g.Where(l => l.Day == g.Max(one => one.Day)).Select(l => l.PayeeId).Max(StringComparer.Ordinal)!,
                g.Sum(l => l.Quantity)))
            .OrderByDescending(i => i.Quantity).ThenBy(i => i.ItemId, StringComparer.Ordinal);

        internal sealed record Line(DateOnly Day, string ItemId, string PayeeId, long Quantity);
    }
}
