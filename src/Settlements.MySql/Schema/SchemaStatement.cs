using System.Text.RegularExpressions;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>One statement of a schema file.</summary>
/// <param name="Text">As it is sent.</param>
internal sealed partial record SchemaStatement(string Text)
{
    /// <summary>The statements of a file: each ends with a semicolon at the end of a line.</summary>
    public static IReadOnlyList<SchemaStatement> In(SchemaFile file) =>
        [.. file.Text.ReplaceLineEndings("\n").Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(text => new SchemaStatement(text))];

    /// <summary>The table that it creates; null for other statements.</summary>
    public string? Table { get; } = Create().Match(Text) is { Success: true } match ? match.Groups[2].Value : null;

    /// <summary>Whether a table that is there already is left as it is.</summary>
    public bool IfNotExists { get; } = Create().Match(Text).Groups[1].Success;

    /// <summary>The columns that it creates: in lower case, as only they are at the beginning of a line.</summary>
    public IEnumerable<string> Columns => Column().Matches(Text).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"^CREATE TABLE (IF NOT EXISTS )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex Create();

    [GeneratedRegex(@"^ +([a-z_]+)", RegexOptions.Multiline)]
    private static partial Regex Column();
}
