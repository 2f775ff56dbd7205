using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>Compiles the examples in XML comments, which IDEs and the API reference display.</summary>
public sealed class ExampleTests
{
    /// <summary>The main types for application developers.</summary>
    private static readonly string[] First =
    [
        "Settlements.SettlementServices", "Settlements.SettlementBuilder", "Settlements.SettlementEngine", "Settlements.BusinessCalendar",
        "Settlements.RateTable", "Settlements.MeterRatesBuilder", "Settlements.UsageEvent",
        "Settlements.UsageWriter", "Settlements.UsageLoader", "Settlements.DayCloser", "Settlements.LineReader",
        "Settlements.StatementReader", "Settlements.RankingReader", "Settlements.Verifier",
        "Settlements.Pipelines.PipelineRunner", "Settlements.Pipelines.PipelineStep", "Settlements.SqliteSettlementExtensions",
        "Settlements.MySqlSettlementExtensions", "Settlements.DuckDbSourceExtensions",
        "Settlements.MySql.MySqlMultiHostDataSource", "Settlements.MySql.TableLoader",
    ];

    private static readonly string[] Usings =
    [
        "Dapper", "Microsoft.Extensions.DependencyInjection", "Settlements", "Settlements.MySql",
        "Settlements.Pipelines", "Settlements.Routing",
        "Settlements.Sqlite",
    ];

    /// <summary>Variables that an example may use without a declaration.</summary>
    private static readonly (string Name, string Type)[] Predeclared =
    [
        ("services", "IServiceCollection"), ("provider", "IServiceProvider"), ("engine", "SettlementEngine"),
        ("transaction", "System.Data.Common.DbTransaction"), ("steps", "IReadOnlyList<PipelineStep>"),
    ];

    [Fact]
    public void Main_types_have_an_example() => First.Select(type => $"T:{type}").Except(Read().Keys).Should().BeEmpty();

    [Fact]
    public void All_examples_compile()
    {
        using var compiled = CompiledProgram.Compile(All());
    }

    [Fact]
    public void Examples_print_only_values_that_have_a_text()
    {
        var program = CSharpSyntaxTree.ParseText(All());
        var model = CompiledProgram.Analyze(program).GetSemanticModel(program);

        var printed = program.GetRoot().DescendantNodes()
            .Select(node => node switch
            {
                InterpolationSyntax interpolation => interpolation.Expression,
                InvocationExpressionSyntax { ArgumentList.Arguments: [var argument] } call
                    when call.Expression.ToString() == "Console.WriteLine" => argument.Expression,
                _ => null,
            }).OfType<ExpressionSyntax>().ToList();

        printed.Should().NotBeEmpty();
        printed.Where(value => !HasText(model.GetTypeInfo(value).Type!))
            .Select(value => $"{value.GetLocation().GetMappedLineSpan()}: {value}").Should().BeEmpty();
    }

    /// <summary>Whether a type has a text of its own, instead of its name.</summary>
    private static bool HasText(ITypeSymbol type)
    {
        for (var at = type; at is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; at = at.BaseType)
        {
            if (at.GetMembers(nameof(ToString)).OfType<IMethodSymbol>().Any(m => m.IsOverride && m.Parameters.IsEmpty))
                return true;
        }

        return false;
    }

    /// <summary>Returns all examples as a single program, whose errors name the member.</summary>
    private static string All()
    {
        var program = new StringBuilder().AppendJoin('\n', Usings.Select(name => $"using {name};")).Append('\n');
        foreach (var (number, (member, code)) in Read().OrderBy(e => e.Key, StringComparer.Ordinal).Index())
            Append(program, number, member, code);
        return program.ToString();
    }

    private static void Append(StringBuilder program, int number, string member, string code)
    {
        var root = CSharpSyntaxTree.ParseText(code).GetCompilationUnitRoot();
        var statements = string.Concat(root.Members.OfType<GlobalStatementSyntax>().Select(s => s.ToFullString()));
        var types = string.Concat(root.Members.Where(m => m is not GlobalStatementSyntax).Select(m => m.ToFullString()));
        var parameters = Predeclared.Where(
            t => Regex.IsMatch(statements, $@"\b{t.Name}\b") && !Regex.IsMatch(statements, $@"\bvar {t.Name}\b"))
            .Select(t => $"{t.Type} {t.Name}");
        program.Append(CultureInfo.InvariantCulture, $$"""
            internal static class Example{{number}}
            {
                public static async Task RunAsync({{string.Join(", ", parameters)}})
                {
                    await Task.CompletedTask;
            #line 1 "{{member}}"
            {{statements}}
                }
            }

            #line 1 "{{member}}"
            {{types}}

            """);
    }

    /// <summary>Returns the examples of all packages by member.</summary>
    private static Dictionary<string, string> Read() =>
        (from file in Directory.GetFiles(Path.Combine(Repository.Root, "src"), "Settlement*.xml", SearchOption.AllDirectories)
         where file.Contains(
             $"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && file.Contains(Path.GetFileNameWithoutExtension(file) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
         from member in XDocument.Load(file, LoadOptions.PreserveWhitespace).Descendants("member")
         from code in member.Descendants("example").Elements("code")
         group Unindent(code.Value) by (string)member.Attribute("name")! into m
         select m).ToDictionary(m => m.Key, m => string.Join('\n', m.Distinct()), StringComparer.Ordinal);

    private static string Unindent(string code)
    {
        var lines = code.Trim('\n').Split('\n');
        var indent = lines.Where(l => l.Trim() != "").Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length >= indent ? l[indent..] : l.TrimStart())).Trim();
    }
}
