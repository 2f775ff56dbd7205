using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>The result and the cost of a close.</summary>
/// <param name="Measured">Its wall time, peak memory and steps.</param>
/// <param name="ClientSeconds">Processor time of its process, including the start of the process.</param>
/// <param name="ServerSeconds">Processor time of the server during the close; NaN on SQLite.</param>
/// <param name="Result">The content of the tables.</param>
/// <param name="Inserted">The server's count of row inserts (Handler_write) during the close; NaN on SQLite.</param>
/// <param name="Updated">The server's count of row updates (Handler_update) during the close; NaN on SQLite.</param>
internal sealed record CloseRun(
    Measured Measured, double ClientSeconds, double ServerSeconds, CloseResult Result, double Inserted = double.NaN,
    double Updated = double.NaN);

/// <summary>The content of the tables after a close.</summary>
/// <param name="Lines">Number of priced lines.</param>
/// <param name="Amount">The sum of their rounded amounts.</param>
/// <param name="Rows">Number of rows of totals, lines and counters.</param>
internal sealed record CloseResult(long Lines, long Amount, long Rows)
{
    /// <summary>The tables of totals, lines and counters of all revisions; each revision has some of them.</summary>
    public static readonly string[] Tables =
        ["daily_totals", "late_totals", "priced_lines", "settlement_lines", "item_counters", "volume_units", "rounding_sums"];
}

/// <summary>The closes of a revision. Each figure is the median of the runs.</summary>
internal sealed class CloseRuns(CloseRevision revision)
{
    private readonly List<CloseRun> _runs = [];

    public CloseRevision Revision => revision;

    public CloseResult Result => _runs[^1].Result;

    public double Seconds => Median(r => r.Measured.Seconds);

    public double ProcessorSeconds => Median(r => r.ClientSeconds + (double.IsNaN(r.ServerSeconds) ? 0 : r.ServerSeconds));

    public double PricingSeconds => Median(r => Step(r, 1) + Step(r, 2));

    /// <summary>Processor seconds of the process in the last two steps; NaN where they are not measured.</summary>
    public double PricingProcessorSeconds => Median(r => Step(r, 4) + Step(r, 5));

    public double InsertedPerLine => Median(r => r.Inserted / r.Result.Lines);

    public double UpdatedPerLine => Median(r => r.Updated / r.Result.Lines);

    public static void PrintHead(string title) => Console.WriteLine(
        $"\n{title}\n  {"revision",-24} {"wall s",8} {"client CPU s",13} {"server CPU s",13} {"peak MB",8} {"sum s",7} {"price s",8} "
            + $"{"publish s",10} {"rows/line",10}");

    public void Add(CloseRun run)
    {
        _runs.Add(run);
        Print(revision.Name, r => r(run));
    }

    public void PrintMedians() => Print($"{revision.Name}, median", Median);

    private static void Print(string name, Func<Func<CloseRun, double>, double> value)
    {
        string[] figures =
        [
            Text(value(r => r.Measured.Seconds), "0.00"), Text(value(r => r.ClientSeconds), "0.0"),
            Text(value(r => r.ServerSeconds), "0.0"), Text(value(r => r.Measured.PeakMiB * 1.048576), "0"),
            Text(value(r => Step(r, 0)), "0.00"), Text(value(r => Step(r, 1)), "0.00"), Text(value(r => Step(r, 2)), "0.00"),
            Text(value(r => (double)r.Result.Rows / r.Result.Lines), "0.00"),
        ];
        Console.WriteLine(
            $"  {name,-24} {figures[0],8} {figures[1],13} {figures[2],13} {figures[3],8} {figures[4],7} {figures[5],8} "
            + $"{figures[6],10} {figures[7],10}");
    }

    private static string Text(double value, string format) =>
        double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);

    private static double Step(CloseRun run, int step) => step < run.Measured.Steps.Count ? run.Measured.Steps[step] : double.NaN;

    private double Median(Func<CloseRun, double> figure)
    {
        var sorted = _runs.Select(figure).Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
