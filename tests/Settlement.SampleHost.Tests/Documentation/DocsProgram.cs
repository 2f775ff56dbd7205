using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>Blocks of a page that are one program.</summary>
/// <param name="Path">The page.</param>
/// <param name="Line">Where it begins.</param>
/// <param name="OnMySql">
/// Whether its database is a server's, in <c>SETTLEMENT_CONNECTION</c>; otherwise it is <c>shop.db</c> where it runs.
/// </param>
/// <param name="Blocks">Code, tables and output, in their order.</param>
internal sealed record DocsProgram(string Path, int Line, bool OnMySql, List<DocsBlock> Blocks)
{
    private int FirstCode => Blocks.FindIndex(block => block.Language == "csharp");

    public bool HasCode => FirstCode >= 0;

    /// <summary>What makes the tables.</summary>
    public IEnumerable<string> SqlBefore => Blocks.Where((block, i) => block.Language == "sql" && (i < FirstCode || !HasCode)).Select(block => block.Text);

    /// <summary>What looks at them afterwards.</summary>
    public IEnumerable<string> SqlAfter => Blocks.Where((block, i) => block.Language == "sql" && HasCode && i > FirstCode).Select(block => block.Text);

    /// <summary>What it prints; null when the page doesn't say.</summary>
    public string? Output
    {
        get
        {
            var parts = Blocks.Where(block => block.Language == "output").Select(block => block.Text).ToList();
            return parts.Count == 0 ? null : string.Join('\n', parts);
        }
    }

    /// <summary>One program of all its code: usings first, then statements, then types, each with its line of the page.</summary>
    public string Code()
    {
        var usings = new SortedSet<string>(StringComparer.Ordinal);
        var statements = new StringBuilder();
        var types = new StringBuilder();
        foreach (var block in Blocks.Where(block => block.Language is "csharp" or "setup"))
        {
            var root = CSharpSyntaxTree.ParseText(block.Text).GetCompilationUnitRoot();
            usings.UnionWith(root.Usings.Select(directive => directive.ToString()));
            foreach (var member in root.Members)
            {
                var line = block.Line + member.GetLocation().GetLineSpan().StartLinePosition.Line;
                (member is GlobalStatementSyntax ? statements : types).Append(CultureInfo.InvariantCulture, $"#line {line} \"{Path}\"\n{member.ToString()}\n");
            }
        }

        return $"{string.Join('\n', usings)}\n{statements}{types}";
    }

    /// <summary>For the names of tests.</summary>
    /// <returns>The page and the line.</returns>
    public override string ToString() => $"{Path}:{Line}";
}
