using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>
/// Compares the close with a statement that computes only the totals; measures it after a kill and with a longer history.
/// </summary>
internal sealed class MySqlCloses(MySqlSize size, MySqlBenchmarkServer server, string folder, FigureTable figures)
{
    private const int HistoryDays = 10;
    private const double PeakMBMax = 250;
    private const string DefaultTmpTableBytes = "16777216";
    private const string RaisedTmpTableBytes = "1073741824";

    /// <summary>
    /// Limit of events for the default tmp_table_size, with which the statement spills to disk and takes minutes for more events.
    /// </summary>
    private const int DefaultTmpTableEventsMax = 10_000_000;

    /// <summary>Measures the close of a day as selected: against its peers, killed, or with pricing.</summary>
    public async Task MeasureDayAsync(int events, int items)
    {
        await server.Database.EmptyAsync();
        await LoadAsync(0, events, items);
        Piece close = new("close"), byDefault = new("GROUP BY, tmp_table_size 16 MiB"), raised = new("GROUP BY, tmp_table_size 1 GiB");
        Piece.PrintHead(string.Create(CultureInfo.InvariantCulture, $"Close of {events:N0} events, {items:N0} items"));
        for (var round = 0; round < size.Rounds; round++)
        {
            await AddCloseAsync(close);
            if (!size.Has("close"))
                continue;
            if (events <= DefaultTmpTableEventsMax)
                await AddGroupByAsync(byDefault, DefaultTmpTableBytes);
            await AddGroupByAsync(raised, RaisedTmpTableBytes);
        }

        var what = string.Create(CultureInfo.InvariantCulture, $"close, {events:N0} events, {items:N0} items");
        if (size.Has("close"))
        {
            foreach (var peer in new[] { byDefault, raised }.Where(p => p.HasRuns))
                figures.AtLeast($"{what}: as fast as {peer.Name}", 2.5, peer.Seconds / close.Seconds);
            figures.AtMost($"{what}: peak memory", PeakMBMax, close.PeakMB, "MB");
            string[] steps = ["sum events", "price items", "publish"];
            foreach (var (index, step) in steps.Index())
                figures.Note($"{what}: {step}", close.Step(index), "s");
        }

        if (size.Has("price") && items > size.Items)
        {
            var lines = close.HasRuns ? await server.Database.CountAsync("settlement_lines") : 0;
            figures.AtLeast(
                string.Create(CultureInfo.InvariantCulture, $"{what}: {lines:N0} lines priced and published"), 150_000,
                lines / (close.Step(1) + close.Step(2)), "lines/s");
        }

        if (size.Has("restart") && items == size.Items)
            await MeasureRestartAsync(close);
    }

    /// <summary>
    /// Measures days of a tenth of the events, so that the history has about as many events as the day of the other figures.
    /// </summary>
    public async Task MeasureHistoryAsync()
    {
        var events = Math.Max(1, size.Events / HistoryDays);
        var items = Math.Max(10, Math.Min(size.Items, events / 10));
        Piece shortOne = new("close of day 2"), longOne = new("close of day 11"), other = new("close of a day between");
        Piece.PrintHead(string.Create(CultureInfo.InvariantCulture, $"History: days of {events:N0} events, {items:N0} items"));
        for (var round = 0; round < size.Rounds; round++)
        {
            await server.Database.EmptyAsync();
            for (var day = 0; day <= HistoryDays; day++)
            {
                await LoadAsync(day, events, items);
                await server.SettleAsync();
                var number = day.ToString(CultureInfo.InvariantCulture);
                await (day switch { 1 => shortOne, HistoryDays => longOne, _ => other })
                    .AddAsync(() => MeasuredProcess.MeasureAsync("close", server.ConnectionString, number));
            }
        }

        figures.AtMost("close after 10 published days: time against after 1", 1.1, longOne.Seconds / shortOne.Seconds);
    }

    /// <summary>Kills the close at 90 % of its usual time, or earlier if it has ended by then, since durations vary.</summary>
    private async Task MeasureRestartAsync(Piece close)
    {
        Piece rest = new("close, after a kill");
        var (whole, killedAt) = (close.Seconds, double.NaN);
        foreach (var part in (double[])[0.9, 0.85, 0.8])
        {
            if (!close.HasRuns || rest.HasRuns)
                break;
            await server.Database.ForgetClosesAsync();
            await server.SettleAsync();
            using var killed = await MeasuredProcess.StartAsync("close", server.ConnectionString, "0");
            await Task.Delay(TimeSpan.FromSeconds(whole * part));
            if (killed.HasEnded)
                continue;
            killed.Kill();
            killedAt = whole * part;
            await rest.AddAsync(() => MeasuredProcess.MeasureAsync("close", server.ConnectionString, "0"));
        }

        figures.AtMost("close killed at 90 % and restarted: both times against an uninterrupted close", 1.25,
            (killedAt + rest.Seconds) / whole);
        figures.Note("close killed at 90 % and restarted: killed after", killedAt, "s");
        figures.Note("close killed at 90 % and restarted: the restarted part", rest.Seconds, "s");
    }

    private async Task AddCloseAsync(Piece close)
    {
        await server.Database.ForgetClosesAsync();
        await server.SettleAsync();
        await close.AddAsync(() => MeasuredProcess.MeasureAsync("close", server.ConnectionString, "0"));
    }

    private async Task AddGroupByAsync(Piece piece, string tmpTableBytes)
    {
        await server.SettleAsync();
        await piece.AddAsync(async () =>
        {
            // Its rows are totals; its rate is that of the events it reads, as for a close.
            var run = await MeasuredProcess.MeasureAsync("group-by", server.ConnectionString, tmpTableBytes);
            return run with { Rows = size.Events };
        });
    }

    private async Task LoadAsync(int day, int events, int items)
    {
        var tsv = Path.Combine(folder, "close.tsv");
        MySqlWorkloadFile.WriteTsv(tsv, new MySqlWorkload(day, events, items));
        await server.Database.LoadByClientAsync(tsv);
        File.Delete(tsv);
    }
}
