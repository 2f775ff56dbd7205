using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>A program made of the code blocks of a page.</summary>
/// <param name="Path">The page.</param>
/// <param name="Line">The first line, from 1.</param>
/// <param name="OnMySql">
/// Whether the program uses MySQL, with <c>SETTLEMENT_CONNECTION</c>; otherwise <c>shop.db</c> in its folder.
/// </param>
/// <param name="Blocks">The blocks of code, SQL and output, in order.</param>
internal sealed record DocsProgram(string Path, int Line, bool OnMySql, List<DocsBlock> Blocks)
{
    private int FirstCode => Blocks.FindIndex(block => block.Language == "csharp");

    public bool HasCode => FirstCode >= 0;

    /// <summary>The SQL that creates the tables.</summary>
    public IEnumerable<string> SqlBefore =>
        Blocks.Where((block, i) => block.Language == "sql" && (i < FirstCode || !HasCode)).Select(block => block.Text);

    /// <summary>The SQL executed after the program.</summary>
    public IEnumerable<string> SqlAfter =>
        Blocks.Where((block, i) => block.Language == "sql" && HasCode && i > FirstCode).Select(block => block.Text);

    /// <summary>The expected output; null if the page has none.</summary>
    public string? Output
    {
        get
        {
            var parts = Blocks.Where(block => block.Language == "output").Select(block => block.Text).ToList();
            return parts.Count == 0 ? null : string.Join('\n', parts);
        }
    }

    /// <summary>Returns the source of the program: usings, statements and types, each with the line on the page.</summary>
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
                (member is GlobalStatementSyntax ? statements : types).Append(
                    CultureInfo.InvariantCulture, $"#line {line} \"{Path}\"\n{member.ToString()}\n");
            }
        }

        return $"{string.Join('\n', usings)}\n{statements}{types}";
    }

    /// <summary>For the names of tests.</summary>
    /// <returns>The page and the line.</returns>
    public override string ToString() => $"{Path}:{Line}";
}
