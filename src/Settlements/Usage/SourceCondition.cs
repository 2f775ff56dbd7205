using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Validates the condition of a source before it is inserted into <c>… AND (condition)</c>: a condition that closes the parentheses would
/// count other rows, and a placeholder would be NULL, so that no row counts.
/// </summary>
internal static class SourceCondition
{
    /// <summary>Returns the error of a condition, which is read token by token like the database does; null when it is valid.</summary>
    /// <param name="source">The source.</param>
    /// <param name="known">The dialect; null for a store without SQL, whose conditions are not checked.</param>
    public static string? FindError(UsageTable source, SqlDialect? known)
    {
        if (source.Filter is not { } condition || known is not { } dialect)
            return null;
        if (string.IsNullOrWhiteSpace(condition))
            return $"Source '{source.Name}': Where(\"{MessageText.Escape(condition)}\") is empty. Write a condition, or remove Where(…).";
        return FindError(condition, dialect) is { } error
            ? $"Source '{source.Name}': Where(\"{MessageText.Escape(condition, 200)}\") {error}"
            : null;
    }

    private static string? FindError(string condition, SqlDialect dialect)
    {
        var open = new Stack<int>();
        for (var at = 0; at < condition.Length;)
        {
            var token = condition[at];

            // Without ANSI_QUOTES, "cancelled" = 0 compares a text with a number, so that every row counts.
            if (token == '"' && dialect == SqlDialect.MySql)
            {
                return $"has a double quote at character {Number(at)}. MySQL and MariaDB read \"…\" as a text or as a name, depending on "
                    + "sql_mode. Write '…' for a text and `…` for a name.";
            }

            if (Quote(token, dialect) is { } end)
            {
                var close = Close(condition, at, end, IsEscaped(token, dialect));
                if (close < 0)
                {
                    return $"is incomplete: the quote {token} at character {Number(at)} is not "
                        + "closed. Close it; within a literal, double it.";
                }

                at = close + 1;
                continue;
            }

            if (IsNameStart(token))
            {
                at = NameEnd(condition, at);
                continue;
            }

            switch (token)
            {
                case '(':
                    open.Push(at);
                    break;
                case ')' when !open.TryPop(out _):
                    return $"has a ')' at character {Number(at)} without a matching '(', so that rows outside of the condition would "
                        + "count. Balance the parentheses.";
                case ';':
                    return $"has a ';' at character {Number(at)}. Use a single condition without further statements.";
                case ':' when dialect == SqlDialect.DuckDb && condition.AsSpan(at).StartsWith("::"):
                    at++;
                    break;
                case '@' or ':' or '?' or '$' or '{':
                    return $"has the placeholder '{Placeholder(condition, at)}' at character {Number(at)}. A condition has no parameters: "
                        + "the placeholder would be NULL and no row would count. Write the value itself.";
                case '#':
                case '-' when condition.AsSpan(at).StartsWith("--"):
                case '/' when condition.AsSpan(at).StartsWith("/*"):
                    var comment = token == '#' ? "#" : condition.Substring(at, 2);
                    return $"has a comment '{comment}' at character {Number(at)}, which would hide the end of the statement. Remove "
                        + "comments; write - -1 to subtract a negative number.";
                case < ' ' and not ('\t' or '\n' or '\r'):
                    return string.Create(
                        CultureInfo.InvariantCulture, $"has the control character U+{(int)token:X4} at character {Number(at)}. Remove it.");
                default:
                    break;
            }

            at++;
        }

        return open.Count == 0 ? null : $"is incomplete: the '(' at character {Number(open.Last())} is not closed. Balance the "
            + $"parentheses.";
    }

    private static string Number(int at) => (at + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the closing quote of an opening quote; null for other characters.</summary>
    private static char? Quote(char token, SqlDialect dialect) => token switch
    {
        '\'' or '"' or '`' => token,
        '[' when dialect == SqlDialect.Sqlite => ']',
        _ => null,
    };

    private static bool IsEscaped(char quote, SqlDialect dialect) => dialect switch
    {
        SqlDialect.MySql => quote == '\'',
        SqlDialect.ClickHouse => true,
        _ => false,
    };

    /// <summary>
    /// Returns the index of the closing quote of a literal or a name; -1 for none. A doubled quote is part of it, except a bracket.
    /// </summary>
    private static int Close(string condition, int start, char end, bool isEscaped)
    {
        for (var at = start + 1; at < condition.Length; at++)
        {
            if (isEscaped && condition[at] == '\\')
                at++;
            else if (condition[at] != end)
                continue;
            else if (end != ']' && at + 1 < condition.Length && condition[at + 1] == end)
                at++;
            else
                return at;
        }

        return -1;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || c >= 0x80;

    /// <summary>Returns the end of a name or a number, within which a dollar sign starts no placeholder.</summary>
    private static int NameEnd(string condition, int at)
    {
        while (at < condition.Length && (IsNameStart(condition[at]) || condition[at] == '$'))
            at++;
        return at;
    }

    private static string Placeholder(string condition, int at)
    {
        if (condition[at] == '{')
            return condition.IndexOf('}', at) is var close && close < 0 ? "{" : condition[at..(close + 1)];
        var end = at + 1;
        while (end < condition.Length && (condition[end] == condition[at] || IsNameStart(condition[end])))
            end++;
        return condition[at..end];
    }
}
