using System.Globalization;
using System.Text.RegularExpressions;

namespace Settlements.TestServers;

/// <summary>Finds the response to a command: that of the script, or the default response to statements of the driver.</summary>
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
            var next = (statements.Count > 1 || statement != command ? server.Answer(statement) : null) ?? Usual(
                server, connection, statement);
            all = all?.Then(next) ?? next;

            // Statements after an error are not executed, so the script isn't called for them.
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

    /// <summary>Matches a statement up to a semicolon outside of quotes.</summary>
    [GeneratedRegex("""(?:[^;'"`]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`)+""", RegexOptions.Singleline)]
    private static partial Regex Statements();

    /// <summary>Statements of drivers. MySqlConnector sends the last one after a cancelled command, to receive a delayed KILL.</summary>
    [GeneratedRegex("^(SET|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|USE|DO|SELECT SLEEP\\(0\\) INTO)\\b", RegexOptions.IgnoreCase)]
    private static partial Regex WithoutRows();

    [GeneratedRegex("^KILL QUERY (\\d+)$", RegexOptions.IgnoreCase)]
    private static partial Regex KillQuery();

    [GeneratedRegex("^SELECT CONNECTION_ID\\(\\), VERSION\\(\\)$", RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionAndVersion();
}
