using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>The table of results: target, measured value, and whether the target is met.</summary>
internal sealed class FigureTable
{
    private readonly List<(string Figure, string Asked, string Measured, bool? IsMet)> _rows = [];

    /// <summary>Whether all targets are met.</summary>
    public bool IsMet => _rows.TrueForAll(r => r.IsMet != false);

    public void AtLeast(string figure, double target, double measured, string unit = "×") =>
        _rows.Add((figure, $"≥ {Text(target, unit)}", Text(measured, unit), measured >= target));

    public void AtMost(string figure, double target, double measured, string unit = "×") =>
        _rows.Add((figure, $"≤ {Text(target, unit)}", Text(measured, unit), measured <= target));

    /// <summary>Adds a figure without a target.</summary>
    public void Note(string figure, double measured, string unit = "×") => _rows.Add((figure, "–", Text(measured, unit), null));

    public void Print()
    {
        var width = _rows.Select(r => r.Figure.Length).DefaultIfEmpty(0).Max();
        Console.WriteLine($"\n{"figure".PadRight(width)}  {"target",14}  {"measured",14}  met");
        foreach (var (figure, target, measured, isMet) in _rows)
            Console.WriteLine(
                $"{figure.PadRight(width)}  {target,14}  {measured,14}  {(isMet is null ? "–" : isMet.Value ? "yes" : "no")}");
    }

    private static string Text(double value, string unit) =>
        double.IsNaN(value) ? "failed" : value.ToString(value >= 1_000 ? "N0" : unit == "×" ? "0.00" : "0.##", CultureInfo.InvariantCulture)
            + " " + unit;
}
