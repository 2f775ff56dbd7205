using System.Text.RegularExpressions;

namespace Settlements.Architecture.Tests.Entities;

/// <summary>A column of a table in a store's schema.</summary>
internal sealed record EntityColumn(string Name, string Type, bool IsNullable, string Note);

/// <summary>A table of a store's schema.</summary>
/// <param name="Name">The name.</param>
/// <param name="Note">The comment above the table.</param>
/// <param name="Columns">The columns in order.</param>
/// <param name="Key">The columns of the primary key in order.</param>
internal sealed record Entity(string Name, string Note, IReadOnlyList<EntityColumn> Columns, IReadOnlyList<string> Key);

/// <summary>Reads the tables from the numbered SQL files of a store, which declare one column in each line.</summary>
internal static partial class EntityReader
{
    public static IReadOnlyList<Entity> Read(string store)
    {
        var entities = new List<Entity>();
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "src", store, "Schema"), "*.sql")
            .Order(StringComparer.Ordinal))
        {
            var text = File.ReadAllText(file);
            if (Alteration().IsMatch(text))
                throw new NotSupportedException($"{Path.GetFileName(file)} alters a table. Extend EntityReader, which reads CREATE TABLE.");
            entities.AddRange(Table().Matches(text).Select(Parse));
        }

        return entities;
    }

    private static Entity Parse(Match table)
    {
        var columns = Column().Matches(table.Groups["columns"].Value).Where(column => column.Groups["name"].Value != "CHECK").ToList();
        var key = Key().Match(table.Groups["columns"].Value) is { Success: true } composed
            ? composed.Groups[1].Value.Split(", ")
            : [.. columns.Where(c => c.Value.Contains("PRIMARY KEY", StringComparison.Ordinal)).Select(c => c.Groups["name"].Value)];
        var note = string.Join(' ', table.Groups["note"].Value.Split('\n').Select(line => line.TrimStart('-', ' ').Trim())).Trim();
        return new Entity(table.Groups["name"].Value, note, [.. columns.Select(column => ColumnOf(column, key))], key);
    }

    private static EntityColumn ColumnOf(Match column, IReadOnlyList<string> key)
    {
        var (name, rest) = (column.Groups["name"].Value, column.Groups["rest"].Value);
        var note = column.Groups["note"].Success ? column.Groups["note"].Value : Comment().Match(rest).Groups[1].Value;
        var isNullable = !rest.Contains("NOT NULL", StringComparison.Ordinal) && !rest.Contains("PRIMARY KEY", StringComparison.Ordinal)
            && !key.Contains(name);
        return new EntityColumn(name, column.Groups["type"].Value, isNullable, note.Trim());
    }

    [GeneratedRegex(
        @"(?<note>(?:^--[^\n]*\n)*)^CREATE TABLE (?:IF NOT EXISTS )?(?<name>\w+) \(\n(?<columns>.*?)^\)",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex(@"^    (?<name>[a-z_]+)\s+(?<type>[A-Z]+(?:\([\d,]+\))?)(?<rest>[^\n]*?)(?:\s+-- (?<note>[^\n]*))?$",
        RegexOptions.Multiline)]
    private static partial Regex Column();

    [GeneratedRegex(@"^    PRIMARY KEY \(([^)]*)\)", RegexOptions.Multiline)]
    private static partial Regex Key();

    [GeneratedRegex(@"COMMENT '([^']*)'")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^ALTER TABLE", RegexOptions.Multiline)]
    private static partial Regex Alteration();
}
