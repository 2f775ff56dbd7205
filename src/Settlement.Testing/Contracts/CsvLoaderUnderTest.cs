using System.Text;
using Settlement.Loading;

namespace Settlement.Testing.Contracts;

/// <summary>A loader of CSV files with an empty table of its own, dropped in the end.</summary>
public abstract class CsvLoaderUnderTest : IAsyncDisposable
{
    /// <summary>The header of its files.</summary>
    public abstract string Header { get; }

    /// <summary>The column that takes any text of 1 to 64 characters.</summary>
    public abstract string TextColumn { get; }

    /// <summary>The longest row, in bytes without its line end.</summary>
    public abstract int RowBytesMax { get; }

    /// <summary>A row without its text: what is before it and after it, commas included.</summary>
    public abstract (string Before, string After) Around(int number);

    /// <summary>Loads a file.</summary>
    public abstract Task<(long Sent, long Stored, long Rejected)> LoadAsync(Stream file, int rejectsMax, Action<RejectedRow> onRejected);

    /// <summary>The texts that are stored.</summary>
    public abstract Task<IReadOnlyList<string>> TextsAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>The same for the loader of events.</summary>
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

        public override (string Before, string After) Around(int number) => ($"{Scenario.Id(number + 1)},2024-07-01T00:00:00Z,video.view,", ",ann,1");

        public override async Task<(long Sent, long Stored, long Rejected)> LoadAsync(Stream file, int rejectsMax, Action<RejectedRow> onRejected)
        {
            var options = new LoadOptions { RejectsMax = rejectsMax, OnRejected = (row, _) => Reported(row, onRejected) };
            var report = await scenario.Engine.Events.LoadCsvAsync(file, options);
            return (report.Sent, report.Stored, report.Rejected);
        }

        public override async Task<IReadOnlyList<string>> TextsAsync() =>
            [.. (await store.ReadAsync("SELECT hex(item_id) FROM billable_events")).Select(hex => Encoding.UTF8.GetString(Convert.FromHexString(hex)))];

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
