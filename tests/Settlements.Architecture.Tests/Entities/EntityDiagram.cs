using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace Settlements.Architecture.Tests.Entities;

/// <summary>
/// Draws docs/images/entities.svg: a box for each table with the columns of its key and its references, in columns of owners, and a line
/// from each reference to its table.
/// </summary>
internal sealed class EntityDiagram
{
    private const int BoxWidth = 210;
    private const int ColumnGap = 96;
    private const int Row = 16;
    private const int Title = 24;
    private const int Margin = 24;
    private const int Left = 48; // space for the lines between boxes of the first column

    /// <summary>The owners of each column of the diagram, so that references are between neighbours where possible.</summary>
    private static readonly string[][] Layout =
    [
        ["Usage", "Loading"],
        ["Corrections"],
        ["BusinessDays", "Pipelines", "Sums"],
        ["Lines", "Estimates"],
        ["Counters", "Rankings"],
    ];

    private static readonly Dictionary<string, string> Colors = new()
    {
        ["business_days"] = "#12705f", ["pipeline_runs"] = "#7c8894", ["proposals"] = "#8a5300", ["usage_events"] = "#2c5f8a",
        ["rate_versions"] = "#6d4f8f", ["load_chunks"] = "#2c5f8a",
    };

    private readonly Dictionary<string, (int X, int Y)> _boxes = [];
    private readonly Dictionary<(string, string), int> _rows = [];
    private readonly StringBuilder _shapes = new();
    private int _height;

    public static string Draw(IReadOnlyList<OwnedEntity> all) => new EntityDiagram().Svg(all);

    private string Svg(IReadOnlyList<OwnedEntity> all)
    {
        var references = EntityModel.References(all).ToList();
        for (var column = 0; column < Layout.Length; column++)
            DrawColumn(Left + column * (BoxWidth + ColumnGap), Layout[column], all, references);
        var lines = new StringBuilder();
        foreach (var reference in references)
            DrawLine(lines, reference);
        var width = Left + Margin + Layout.Length * BoxWidth + (Layout.Length - 1) * ColumnGap;
        return Invariant(
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_height + Margin}" role="img" aria-labelledby="t d" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif">
              <title id="t">Entities</title>
              <desc id="d">{all.Count} tables by owner, each with the columns of its key and its references; a line leads from a reference to its table.</desc>
              <rect width="{width}" height="{_height + Margin}" fill="#fff"/>
              <g fill="none" stroke-width="1.3" stroke-opacity="0.75">
            {lines}  </g>
            {_shapes}</svg>

            """).ReplaceLineEndings("\n");
    }

    private void DrawColumn(int x, string[] owners, IReadOnlyList<OwnedEntity> all, List<EntityReference> references)
    {
        var y = Margin;
        foreach (var owner in owners)
        {
            _shapes.Append(Invariant(
                $"  <text x=\"{x}\" y=\"{y + 12}\" font-size=\"15\" font-weight=\"700\" fill=\"#1c2024\">{owner}</text>\n"));
            y += 22;
            foreach (var entity in all.Where(entity => entity.Owner == owner))
                y = DrawBox(x, y, entity, references) + 12;
            y += 14;
        }

        _height = Math.Max(_height, y - 26);
    }

    private int DrawBox(int x, int y, OwnedEntity entity, List<EntityReference> references)
    {
        var columns = entity.ColumnNames.Where(name =>
            entity.Any.Key.Contains(name) || references.Any(r => r.From == entity.Name && r.Column == name)).ToList();
        var others = entity.ColumnNames.Count() - columns.Count;
        var height = Title + (columns.Count + (others > 0 ? 1 : 0)) * Row + 6;
        _boxes[entity.Name] = (x, y);
        var name = entity.Sqlite is null ? $"{entity.Name} (MySQL)" : entity.Name;
        _shapes.Append(Invariant(
            $"""
              <rect x="{x}" y="{y}" width="{BoxWidth}" height="{height}" rx="6" fill="#f6f7f9" stroke="#5c656e"/>
              <path d="M{x} {y + Title}h{BoxWidth}" stroke="#5c656e"/>
              <text x="{x + 10}" y="{y + 17}" font-size="13" font-weight="600" fill="#1c2024">{name}</text>

            """).ReplaceLineEndings("\n"));
        for (var index = 0; index < columns.Count; index++)
        {
            var middle = y + Title + index * Row + 14;
            _rows[(entity.Name, columns[index])] = middle - 4;
            var isKey = entity.Any.Key.Contains(columns[index]);
            _shapes.Append(Invariant(
                $"  <text x=\"{x + 10}\" y=\"{middle}\" font-size=\"12\" ")
                    + FormattableString.Invariant(
                        $"fill=\"#1c2024\"{(isKey ? " text-decoration=\"underline\"" : "")}>{columns[index]}</text>\n"));
        }

        if (others > 0)
        {
            _shapes.Append(CultureInfo.InvariantCulture, $"  <text x=\"{x + 10}\" y=\"{y + Title + columns.Count * Row + 14}\" "
                + $"font-size=\"12\" fill=\"#5c656e\">")
                .Append(Invariant($"{others} more {(others == 1 ? "column" : "columns")}</text>\n"));
        }

        return y + height;
    }

    private void DrawLine(StringBuilder lines, EntityReference reference)
    {
        var (from, to) = (_boxes[reference.From], _boxes[reference.To]);
        var (startY, endY) = (_rows[(reference.From, reference.Column)], to.Y + Title / 2);
        var isSame = from.X == to.X;
        var isRight = from.X > to.X || isSame;
        var start = isRight ? from.X : from.X + BoxWidth;
        var end = isRight && !isSame ? to.X + BoxWidth : to.X;
        var bend = isSame ? -36 : (end - start) / 2;
        var (first, second) = isSame ? (start + bend, end + bend) : (start + bend, end - bend);
        lines.Append(Invariant(
            $"    <path d=\"M{start} {startY}C{first} {startY} {second} {endY} {end} {endY}\" stroke=\"{Colors[reference.To]}\"/>\n"));
        lines.Append(Invariant($"    <circle cx=\"{end}\" cy=\"{endY}\" r=\"3\" fill=\"{Colors[reference.To]}\"/>\n"));
    }
}
