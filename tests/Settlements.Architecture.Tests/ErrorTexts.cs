using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Settlements.Architecture.Tests;

/// <summary>A text of an error in the sources, with an ellipsis for each value.</summary>
/// <param name="Text">The text.</param>
/// <param name="Place">File and line.</param>
internal sealed record ErrorText(string Text, string Place);

/// <summary>
/// Finds the texts of errors in the sources, without compiling them: strings of at least <see cref="WordsMin"/> words which are passed to
/// an exception's constructor, which an iterator of errors returns, which are added to a list of errors, or which read as a sentence.
/// Strings of logs, metrics, help, console output and SQL are none.
/// </summary>
internal static partial class ErrorTexts
{
    private const int WordsMin = 3;

    /// <summary>Returns the texts in one file.</summary>
    public static IEnumerable<ErrorText> In(string source, string file)
    {
        var tree = CSharpSyntaxTree.ParseText(source);
        foreach (var expression in tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>().Where(IsWholeText))
        {
            var text = Whitespace().Replace(Template(expression), " ").Trim();
            if (Words().Count(text) < WordsMin || Technical().IsMatch(text) || !IsError(expression, text))
                continue;
            yield return new ErrorText(text, $"{file}:{tree.GetLineSpan(expression.Span).StartLinePosition.Line + 1}");
        }
    }

    private static bool IsError(ExpressionSyntax expression, string text)
    {
        if (expression.Ancestors().Any(a => a is InterpolationSyntax or AttributeSyntax))
            return false;
        foreach (var ancestor in expression.Ancestors().TakeWhile(a => a is not (StatementSyntax or MemberDeclarationSyntax)))
        {
            switch (ancestor)
            {
                case ObjectCreationExpressionSyntax creation when creation.Type.ToString().EndsWith("Exception", StringComparison.Ordinal):
                    return true;
                case ObjectCreationExpressionSyntax creation when OtherTypes().IsMatch(creation.Type.ToString()):
                    return false;
                case InvocationExpressionSyntax call when OtherCalls().IsMatch(call.Expression.ToString()):
                    return false;
                case InvocationExpressionSyntax call when ErrorCalls().IsMatch(call.Expression.ToString()):
                    return true;
                case AssignmentExpressionSyntax assignment when OtherTargets().IsMatch(assignment.Left.ToString()):
                    return false;
            }
        }

        return expression.FirstAncestorOrSelf<StatementSyntax>() is YieldStatementSyntax || Sentence().IsMatch(text);
    }

    /// <summary>Whether the expression is a text, and not a part of a longer one.</summary>
    private static bool IsWholeText(ExpressionSyntax expression)
    {
        if (!IsText(expression))
            return false;
        var parent = expression.Parent;
        if (parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && IsText(call))
            return false;
        while (parent is ParenthesizedExpressionSyntax or ConditionalExpressionSyntax)
            parent = parent.Parent;
        return parent is not ExpressionSyntax outer || !IsText(outer);
    }

    private static bool IsText(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal => literal.IsKind(SyntaxKind.StringLiteralExpression),
        InterpolatedStringExpressionSyntax => true,
        BinaryExpressionSyntax sum => sum.IsKind(SyntaxKind.AddExpression) && (IsText(sum.Left) || IsText(sum.Right)),
        ParenthesizedExpressionSyntax inner => IsText(inner.Expression),
        InvocationExpressionSyntax call => call.Expression.ToString() is "FormattableString.Invariant" or "Invariant" or "string.Create",
        _ => false,
    };

    private static string Template(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal when IsText(literal) => literal.Token.ValueText,
        InterpolatedStringExpressionSyntax text => string.Concat(text.Contents.Select(
            part => part is InterpolatedStringTextSyntax constant ? Unescaped(constant, text) : "…")),
        BinaryExpressionSyntax sum when IsText(sum) => Template(sum.Left) + Template(sum.Right),
        ParenthesizedExpressionSyntax inner when IsText(inner) => Template(inner.Expression),
        InvocationExpressionSyntax call when IsText(call) => Template(call.ArgumentList.Arguments[^1].Expression),
        _ => "…",
    };

    private static string Unescaped(InterpolatedStringTextSyntax part, InterpolatedStringExpressionSyntax text) =>
        text.StringStartToken.Text.EndsWith("\"\"\"", StringComparison.Ordinal)
            ? part.TextToken.ValueText
            : part.TextToken.ValueText.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    [GeneratedRegex(@"(?<![\w.])[A-Za-z][a-z']+(?![\w(])")]
    private static partial Regex Words();

    /// <summary>SQL, formats, headers.</summary>
    [GeneratedRegex(
        @"^(SELECT|INSERT|UPDATE|DELETE|CREATE TABLE|FROM|WHERE|AND|ORDER|GROUP|SET|SHOW|START|LOCK|CAST|CASE|COMMIT|WITH|VALUES|ON|REPLACE)\b"
        + @"| AS [A-Z]\w+\b|^:root|^default-src|; charset=|\bFORCE INDEX\b|^PRAGMA|\w+ = excluded\.|^[a-z_.]+(, [a-z_.…]+)+$")]
    private static partial Regex Technical();

    [GeneratedRegex(@"^(['…(\[-]|[A-Z]).*[.…]$|[a-z'…)][.;] [a-zA-Z]")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^(_errors|errors|violations|conflicts|found|result|[\w.]*BuilderErrors)\.(Add|Of|AddError)$|^(AddError|Need|(row\.|first\.)?Fail(<\w+>)?|Failed|WrongHeader)$")]
    private static partial Regex ErrorCalls();

    [GeneratedRegex(@"^(Console\b.*|CommandOptions\.\w+|\w*Log\w*\.\w+|logger\.\w+|meter\.Create.*|Meter\.Create.*|html\.\w+|AppendCell)$",
        RegexOptions.Singleline)]
    private static partial Regex OtherCalls();

    [GeneratedRegex(@"^(Command|CommandDefinition|RootCommand|Option<.*>|Argument<.*>|TextTable|HealthCheckResult|SqliteStatement|MySqlCommand)$")]
    private static partial Regex OtherTypes();

    [GeneratedRegex(@"(^|\.)(Description|CommandText|HelpName|ContentType)$")]
    private static partial Regex OtherTargets();
}
