using System.Globalization;
using System.Text.RegularExpressions;

namespace Settlements.TestServers;

/// <summary>Finds the answer to a command: the script's, or that to what a driver sends by itself.</summary>
internal static partial class ScriptedStatements
{
    public static ScriptedAnswer Answer(ScriptedMySqlServer server, int connection, string command)
    {
        if (server.Answer(command) is { } whole)
            return whole;
        var statements = Statements().Matches(command).Select(m => m.Value.Trim()).Where(s => s.Length > 0).ToList();
        ScriptedAnswer? all = null;
        foreach (var statement in statements)
        {
            var next = (statements.Count > 1 || statement != command ? server.Answer(statement) : null) ?? Usual(server, connection, statement);
            all = all?.Then(next) ?? next;

            // What stands behind an error is not executed, so the script is not asked for it.
            if (next.Parts.Any(p => p is ScriptedAnswer.Fault or ScriptedAnswer.Reset))
                break;
        }

        return all ?? ScriptedAnswer.Error(1065, "42000", "Query was empty");
    }

    private static ScriptedAnswer Usual(ScriptedMySqlServer server, int connection, string statement)
    {
        if (WithoutRows().IsMatch(statement))
            return ScriptedAnswer.Ok();
        if (KillQuery().Match(statement) is { Success: true } kill)
        {
            return server.Interrupt(int.Parse(kill.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
                ? ScriptedAnswer.Ok()
                : ScriptedAnswer.Error(1094, "HY000", $"Unknown thread id: {kill.Groups[1].Value}");
        }

        return ConnectionAndVersion().IsMatch(statement)
            ? ScriptedAnswer.Rows(["CONNECTION_ID()", "VERSION()"], [(long)connection, server.Version])
            : ScriptedAnswer.Error(1064, "42000", $"The script has no answer to: {statement}");
    }

    /// <summary>Up to a semicolon that stands in no quotes.</summary>
    [GeneratedRegex("""(?:[^;'"`]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`)+""", RegexOptions.Singleline)]
    private static partial Regex Statements();

    /// <summary>The last is what MySqlConnector sends after a cancelled command, for a KILL that comes late.</summary>
    [GeneratedRegex("^(SET|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|USE|DO|SELECT SLEEP\\(0\\) INTO)\\b", RegexOptions.IgnoreCase)]
    private static partial Regex WithoutRows();

    [GeneratedRegex("^KILL QUERY (\\d+)$", RegexOptions.IgnoreCase)]
    private static partial Regex KillQuery();

    [GeneratedRegex("^SELECT CONNECTION_ID\\(\\), VERSION\\(\\)$", RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionAndVersion();
}
