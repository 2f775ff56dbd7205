using System.Globalization;
using System.Text;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Loading;

/// <summary>The contract of CSV files, for the table loader.</summary>
public sealed class TableCsvTests(SharedServer shared) : CsvInputContract
{
    protected override async Task<CsvLoaderUnderTest> NewLoaderAsync() => new Tables(
        await TableUnderLoad.CreateAsync(
            shared.Server, "id INT PRIMARY KEY, title VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL, n INT NULL"));

    private sealed class Tables(TableUnderLoad table) : CsvLoaderUnderTest
    {
        public override string Header => "id,title,n";

        public override string TextColumn => "title";

        public override int RowBytesMax => CsvRows.RowBytesMax;

        public override (string Before, string After) Around(int number) => (number.ToString(CultureInfo.InvariantCulture) + ",", ",1");

        public override async Task<(long Sent, long Stored, long Rejected)> LoadAsync(
            Stream file, int rejectsMax, Action<RejectedRow> onRejected)
        {
            var options = new TableLoadOptions
            {
                RejectsMax = rejectsMax,
                OnRejected = (row, _) =>
                {
                    onRejected(row);
                    return ValueTask.CompletedTask;
                },
            };
            var report = await table.Loader.LoadCsvAsync(file, "t", options);
            return (report.Sent, report.Stored, report.Rejected);
        }

        public override async Task<IReadOnlyList<string>> TextsAsync() =>
            [.. (await table.RowsAsync("SELECT hex(title) FROM t")).Select(hex => Encoding.UTF8.GetString(Convert.FromHexString(hex)))];

        public override ValueTask DisposeAsync() => table.DisposeAsync();
    }
}
