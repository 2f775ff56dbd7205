using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>Compares the load of a file and of values with its peers.</summary>
internal sealed class MySqlLoads(MySqlSize size, MySqlBenchmarkServer server, string folder, FigureTable figures)
{
    private const double PeakMBMax = 250;

    private readonly string _csv = Path.Combine(folder, "day.csv");
    private readonly string _tsv = Path.Combine(folder, "day.tsv");
    private readonly string _events = size.Events.ToString(CultureInfo.InvariantCulture);
    private readonly string _items = size.Items.ToString(CultureInfo.InvariantCulture);

    public async Task MeasureAsync()
    {
        var workload = new MySqlWorkload(0, size.Events, size.Items);
        MySqlWorkloadFile.WriteCsv(_csv, workload);
        MySqlWorkloadFile.WriteTsv(_tsv, workload);

        Piece client = new("mariadb client, LOAD DATA LOCAL"), csv1 = new("load csv, 1 writer"), typed1 = new("load typed, 1 writer");
        Piece csv2 = new("load csv, 2 writers"), typed2 = new("load typed, 2 writers");
        Piece copy = new("MySqlBulkCopy"), many = new("INSERT of 1,000 rows"), one = new("INSERT of 1 row, autocommit");
        var address = server.ConnectionString;
        Piece.PrintHead("Load");
        for (var round = 0; round < size.Rounds; round++)
        {
            await AddAsync(client, () => server.Database.LoadByClientAsync(_tsv));
            await AddAsync(csv1, () => MeasuredProcess.MeasureAsync("load-csv", address, _csv, "1"));
            await AddAsync(typed1, () => MeasuredProcess.MeasureAsync("load-typed", address, _events, _items, "1"));
            await AddAsync(csv2, () => MeasuredProcess.MeasureAsync("load-csv", address, _csv, "2"));
            await AddAsync(typed2, () => MeasuredProcess.MeasureAsync("load-typed", address, _events, _items, "2"));
            await AddAsync(copy, () => MeasuredProcess.MeasureAsync("bulk-copy", address, _events, _items));
            await AddAsync(many, () => MeasuredProcess.MeasureAsync("insert-many", address, _events, _items), isPart: true);
            await AddAsync(one, () => MeasuredProcess.MeasureAsync("insert-one", address, _events, _items), isPart: true);
        }

        figures.AtLeast("load csv, 1 writer: rows/s against the client's LOAD DATA LOCAL", 1, csv1.RowsPerSecond / client.RowsPerSecond);
        figures.AtLeast(
            "load typed, 1 writer: rows/s against the client's LOAD DATA LOCAL", 1, typed1.RowsPerSecond / client.RowsPerSecond);
        figures.AtLeast("load csv, 2 writers: rows/s against the client's LOAD DATA LOCAL", 1.5, csv2.RowsPerSecond / client.RowsPerSecond);
        figures.AtLeast(
            "load typed, 2 writers: rows/s against the client's LOAD DATA LOCAL", 1.5, typed2.RowsPerSecond / client.RowsPerSecond);
        Against(copy, 1.3);
        Against(many, 2.5);
        Against(one, 100);
        foreach (var ours in (Piece[])[csv1, typed1, csv2, typed2])
            figures.AtMost($"{ours.Name}: peak memory", PeakMBMax, ours.PeakMB, "MB");
        File.Delete(_csv);
        File.Delete(_tsv);

        // From values, as the peers; also with one writer, without a target.
        void Against(Piece peer, double target)
        {
            figures.AtLeast($"load typed, 2 writers: rows/s against {peer.Name}", target, typed2.RowsPerSecond / peer.RowsPerSecond);
            figures.Note($"load typed, 1 writer: rows/s against {peer.Name}", typed1.RowsPerSecond / peer.RowsPerSecond);
        }
    }

    private async Task AddAsync(Piece piece, Func<Task<Measured>> measure, bool isPart = false)
    {
        await server.Database.EmptyAsync();
        await server.SettleAsync();
        await piece.AddAsync(async () =>
        {
            var run = await measure();
            var stored = await server.Database.CountAsync("usage_events");
            return stored == (isPart ? run.Rows : size.Events)
                ? run
                : throw new InvalidOperationException($"{stored} rows are in the table, which is not the number of rows sent.");
        });
    }
}
