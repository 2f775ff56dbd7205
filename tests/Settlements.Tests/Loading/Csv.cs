using System.Text;
using Settlements.Stores;

namespace Settlements.Tests.Loading;

/// <summary>Creates and loads event files for tests.</summary>
internal static class Csv
{
    public const string Header = "event_id,occurred_at,meter,item_id,payee_id,quantity";

    /// <summary>Returns the event id of a number; also of 0, because an id of zeros is refused.</summary>
    public static Guid Id(int number) => new(number, 0, (short)(number == 0 ? 1 : 0), new byte[8]);

    public static string With(this string text, string what, string by) => text.Replace(what, by, StringComparison.Ordinal);

    public static string Row(int number, string quantity = "1") => $"{Id(number)},2024-07-01T00:00:00Z,video.view,v1,payee1,{quantity}";

    public static string Rows(params string[] rows) => string.Join("\n", [Header, .. rows]) + "\n";

    public static string Rows(int first, int count) => Rows([.. Enumerable.Range(first, count).Select(i => Row(i))]);

    public static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    public static UsageEvent Event(int number, long quantity = 1) =>
        new(Id(number), new DateTimeOffset(2024, 7, 1, 0, 0, 0, TimeSpan.Zero), "video.view", "v1", "payee1", quantity);

    public static Task<LoadReport> LoadAsync(IEventStore store, string text, UsageLoadOptions? options = null) =>
        LoadAsync(store, Stream(text), options);

    public static Task<LoadReport> LoadAsync(IEventStore store, Stream stream, UsageLoadOptions? options = null) =>
        new UsageLoader(store, TimeProvider.System).LoadCsvAsync(stream, options, null, TestContext.Current.CancellationToken);

    /// <summary>Reads the events and the rejected rows of a file with the given row limit and buffer size.</summary>
    public static async Task<(List<UsageEvent> Events, List<RejectedRow> Rejected)> ReadAsync(
        Stream stream, int rowBytesMax = CsvEventReader.RowBytesMax, int bufferBytes = CsvEventReader.BufferBytes, int chunkRows = 7)
    {
        var reader = new CsvEventReader(stream, rowBytesMax, bufferBytes);
        var chunk = new EventChunk(chunkRows);
        var events = new List<UsageEvent>();
        var rejected = new List<RejectedRow>();
        for (var more = true; more;)
        {
            chunk.Clear();
            more = await reader.FillAsync(chunk, TestContext.Current.CancellationToken);
            for (var i = 0; i < chunk.Batch.Count; i++)
                events.Add(chunk.Batch[i]);
            rejected.AddRange(chunk.Rejected);
        }

        return (events, rejected);
    }

    public static Task<(List<UsageEvent> Events, List<RejectedRow> Rejected)> ReadAsync(string text) => ReadAsync(Stream(text));
}
