using System.Text.RegularExpressions;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>One statement of a schema file.</summary>
/// <param name="Text">The text that is sent.</param>
internal sealed partial record SchemaStatement(string Text)
{
    /// <summary>Splits a file into statements: each ends with a semicolon at the end of a line.</summary>
    public static IReadOnlyList<SchemaStatement> In(SchemaFile file) =>
        [.. file.Text.ReplaceLineEndings("\n").Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(text => new SchemaStatement(text))];

    /// <summary>The created table; null for other statements.</summary>
    public string? Table { get; } = Create().Match(Text) is { Success: true } match ? match.Groups[2].Value : null;

    /// <summary>Whether an existing table is left unchanged.</summary>
    public bool IfNotExists { get; } = Create().Match(Text).Groups[1].Success;

    /// <summary>The created columns, which are recognized by the lower case at the start of a line.</summary>
    public IEnumerable<string> Columns => Column().Matches(Text).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"^CREATE TABLE (IF NOT EXISTS )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex Create();

    [GeneratedRegex(@"^ +([a-z_]+)", RegexOptions.Multiline)]
    private static partial Regex Column();
}
