using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Benchmarks;

/// <summary>
/// Measures the statements of all payees for a month, first asked for after a close, against a sum of the lines of the month. One day is
/// closed, and its rows are copied to the other days.
/// </summary>
internal sealed class StatementsComparison(int days, int lines, int payees, int rounds)
{
    private const double SecondsMax = 1;

    private readonly FigureTable _figures = new();

    /// <summary>Runs and prints the measurement.</summary>
    /// <param name="only">sqlite or mysql; empty for both.</param>
    /// <returns>The exit code: 1 if a target is missed, 2 for invalid arguments.</returns>
    public async Task<int> RunAsync(string only)
    {
        if (only is not ("" or "sqlite" or "mysql") || days is < 1 or > 31 || lines < 1 || payees < 1 || rounds < 1)
        {
            await Console.Error.WriteLineAsync(
                "--only takes sqlite or mysql; --days is from 1 to 31; --lines, --payees and --rounds are at least 1.");
            return 2;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{days} days of {lines:N0} lines, {payees:N0} payees, {Environment.ProcessorCount} cores"));
        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        try
        {
            if (only is "" or "sqlite")
            {
                var database = Path.Combine(folder, "statements.db");
                await MeasureAsync("SQLite", s => s.UseSqlite($"Data Source={database}"), null, () => CopiedDays.CopyInFile(database, days));
            }

            if (only is "" or "mysql")
            {
                await using var server = await MySqlBenchmarkServer.StartAsync();
                Console.WriteLine(await server.DescribeAsync());
                await MeasureAsync("MariaDB", s => s.UseMySql(server.ConnectionString), server.ProcessId, async () =>
                {
                    await CopiedDays.CopyOnServerAsync(server.Database, days);
                    await server.SettleAsync();
                });
            }

            _figures.Print();
            return _figures.IsMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task MeasureAsync(string store, Action<SettlementBuilder> use, int? serverId, Func<Task> copyAsync)
    {
        await using (var services = Services(use))
        {
            var engine = services.GetRequiredService<SettlementEngine>();
            await engine.Schema.ApplyAsync();
            await engine.Events.LoadAsync(EventsAsync());
            await engine.Days.CloseThroughAsync(Workload.FirstDay);
        }

        await copyAsync();
        await using var reader = Services(use);
        var statements = reader.GetRequiredService<SettlementEngine>();

        // Another month, so that the code is compiled and connections are open; nothing of this month is read.
        await statements.Statements.ReadAllAsync(CalendarPeriod.Month, Workload.FirstDay.AddYears(-1));
        List<double> seconds = [];
        var totals = (PeriodTotals?)null;
        for (var round = 0; round < rounds; round++)
            seconds.Add(await TimeAsync($"{store}, statements", serverId, async () => totals = await ReadAsync(statements)));
        var byLines = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var peer = await TimeAsync($"{store}, sum of the lines", serverId, () => SumLinesAsync(statements, byLines));
        if (totals!.Coverage.PublishedDays != days || totals.Payees.Count != byLines.Count
            || totals.Payees.Any(p => p.Totals[0].Amount != byLines[p.PayeeId]))
        {
            throw new InvalidOperationException("The statements differ from the lines.");
        }

        var first = seconds[0];
        var what = string.Create(CultureInfo.InvariantCulture, $"{store}, statements of {payees:N0} payees, {(long)days * lines:N0} lines");
        _figures.AtMost($"{what}: the first", SecondsMax, first, "s");
        if (rounds > 1)
            _figures.AtMost($"{what}: median of the next", SecondsMax, seconds.Skip(1).Order().ElementAt((rounds - 1) / 2), "s");
        _figures.Note($"{what}: a sum of the lines", peer, "s");
    }

    private static Task<PeriodTotals> ReadAsync(SettlementEngine engine) =>
        engine.Statements.ReadAllAsync(CalendarPeriod.Month, Workload.FirstDay);

    private static async Task SumLinesAsync(SettlementEngine engine, Dictionary<string, decimal> amounts)
    {
        await foreach (var line in engine.Lines.ReadAsync(new DateRange(Workload.FirstDay, Workload.FirstDay.AddDays(30))))
            amounts[line.PayeeId] = amounts.GetValueOrDefault(line.PayeeId) + line.Amount;
    }

    private static async Task<double> TimeAsync(string name, int? serverId, Func<Task> work)
    {
        var (before, watch) = (ProcessorSeconds(serverId), Stopwatch.StartNew());
        await work();
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-28} {seconds,8:0.00} s, processor time of client and server {ProcessorSeconds(serverId) - before,6:0.00} s"));
        return seconds;
    }

    private static double ProcessorSeconds(int? serverId) =>
        Environment.CpuUsage.TotalTime.TotalSeconds + (serverId is { } id ? CloseRevision.ProcessorSeconds(id) : 0);

    /// <summary>Generates one event for each item, so that each has one line.</summary>
    private async IAsyncEnumerable<UsageEvent> EventsAsync()
    {
        await Task.CompletedTask;
        var start = new DateTimeOffset(Workload.FirstDay, TimeOnly.MinValue, TimeSpan.FromHours(9));
        for (var i = 0; i < lines; i++)
        {
            yield return new UsageEvent(
                new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), start.AddMilliseconds(i * 86_000d / lines), MySqlWorkload.Meter,
                string.Create(CultureInfo.InvariantCulture, $"video-{i:0000000}"),
                string.Create(CultureInfo.InvariantCulture, $"channel-{(int)((long)i * 48_271 % payees):000000}"), 1 + i % 500);
        }
    }

    private static ServiceProvider Services(Action<SettlementBuilder> use) => new ServiceCollection()
        .AddSettlement(settlement =>
        {
            use(settlement);
            settlement.Calendar("Asia/Seoul").Rates(MySqlWorkload.Meter, rates => rates.Graduated(
                "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)]));
        })
        .BuildServiceProvider();
}
