using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Settlements.ClickHouse;

/// <summary>An error of ClickHouse or of the connection to it.</summary>
/// <param name="message">The message: the address and the server's error.</param>
/// <param name="code">ClickHouse's error code; 0 for an error of the connection.</param>
/// <param name="isTransient">Whether the statement may succeed when it is repeated.</param>
/// <param name="cause">The cause.</param>
internal sealed partial class ClickHouseException(string message, int code, bool isTransient, Exception? cause = null)
    : DbException(message, cause)
{
    private const int MessageLengthMax = 500;

    /// <summary>
    /// Errors of connections, shards, replicas and ZooKeeper, and limits on concurrent work. 3, 32: a connection that ended; 159: time
    /// limit; 202, 203: too many statements or connections; 209, 210, 279: socket timeout, network, all connections failed; 236, 394:
    /// cancelled by a shutdown; 242, 285, 369: replicas; 439: no thread; 999: ZooKeeper.
    /// </summary>
    private static readonly HashSet<int> Transient = [3, 32, 159, 202, 203, 209, 210, 236, 242, 279, 285, 319, 369, 394, 439, 999];

    public int Code => code;

    public override bool IsTransient => isTransient;

    /// <summary>Returns the error that a text of the server describes; null when it describes none.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="text">The answer, or its end.</param>
    public static ClickHouseException? Find(string server, string text)
    {
        var found = Pattern().Matches(text);
        if (found.Count == 0)
            return null;
        var code = int.Parse(found[^1].Groups[1].Value, CultureInfo.InvariantCulture);
        return Of(server, code, text[found[^1].Index..]);
    }

    public static ClickHouseException Of(string server, int code, string text) =>
        new($"ClickHouse at {server}: {MessageText.Escape(OneLine(text), MessageLengthMax)}", code, Transient.Contains(code));

    private static string OneLine(string text) => Spaces().Replace(What().Replace(text, ""), " ").Trim() is var line
        && line.EndsWith('.') ? line : line + ".";

    /// <summary>Old servers end each error with its type.</summary>
    [GeneratedRegex(@", e\.what\(\) = DB::\w+", RegexOptions.CultureInvariant)]
    private static partial Regex What();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    /// <summary>Old servers write <c>Code: 279, e.displayText() = DB::…</c>, new ones <c>Code: 279. DB::Exception: …</c>.</summary>
    [GeneratedRegex(@"Code: (\d{1,6})(?:, e\.displayText\(\) = |\. )DB::", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
