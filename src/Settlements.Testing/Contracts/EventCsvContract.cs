using System.Text;

namespace Settlements.Testing;

/// <summary>Contract tests of loading events from CSV files.</summary>
public abstract class EventCsvContract : CsvInputContract
{
    protected abstract StoreUnderTest NewStore();

    protected override async Task<CsvLoaderUnderTest> NewLoaderAsync()
    {
        var store = NewStore();
        return new Events(store, await Scenario.StartAsync(store));
    }

    private sealed class Events(StoreUnderTest store, Scenario scenario) : CsvLoaderUnderTest
    {
        public override string Header => "event_id,occurred_at,meter,item_id,payee_id,quantity";

        public override string TextColumn => "item_id";

        public override int RowBytesMax => 65_536;

        public override (string Before, string After) Around(int number) =>
            ($"{Scenario.Id(number + 1)},2024-07-01T00:00:00Z,video.view,", ",ann,1");

        public override async Task<(long Sent, long Stored, long Rejected)> LoadAsync(
            Stream file, int rejectsMax, Action<RejectedRow> onRejected)
        {
            var options = new UsageLoadOptions { RejectsMax = rejectsMax, OnRejected = (row, _) => Reported(row, onRejected) };
            var report = await scenario.Engine.Events.LoadCsvAsync(file, options);
            return (report.Sent, report.Stored, report.Rejected);
        }

        public override async Task<IReadOnlyList<string>> TextsAsync()
        {
            var items = await store.ReadAsync("SELECT hex(item_id) FROM usage_events");
            return [.. items.Select(hex => Encoding.UTF8.GetString(Convert.FromHexString(hex)))];
        }

        public override async ValueTask DisposeAsync()
        {
            await scenario.DisposeAsync();
            await store.DisposeAsync();
        }

        private static ValueTask Reported(RejectedRow row, Action<RejectedRow> onRejected)
        {
            onRejected(row);
            return ValueTask.CompletedTask;
        }
    }
}
