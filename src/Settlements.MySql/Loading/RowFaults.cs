using System.Text.RegularExpressions;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>What the server says of a row, as a column and a reason.</summary>
internal static partial class RowFaults
{
    public const int DuplicateKey = 1062;

    /// <summary>
    /// Errors that are a row's own: null, range, type, length, character set, duplicate, foreign key, check, partition, JSON and geometry. Any other
    /// is the server's, and ends the load.
    /// </summary>
    private static readonly HashSet<int> OfRows =
    [
        1048, 1062, 1169, 1216, 1217, 1263, 1264, 1265, 1292, 1300, 1364, 1366, 1367, 1406, 1411, 1416, 1451, 1452, 1526, 1557, 1586, 1690, 3140, 3141,
        3156, 3819, 3854, 4025, 4038,
    ];

    /// <summary>What a trigger says by SIGNAL is of the row that it refuses: 1642 to 1644, or an error of its own in SQLSTATE class 45.</summary>
    public static bool IsOfRow(MySqlException e) =>
        OfRows.Contains(e.Number) || e.Number is >= 1642 and <= 1644 || e.SqlState?.StartsWith("45", StringComparison.Ordinal) == true;

    public static string? Column(string message) => QuotedColumn().Match(message) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Without "at row 1", which is the place in what was sent.</summary>
    public static string Reason(string message) => $"The table does not take the row: {AtRow().Replace(message, "").TrimEnd('.')}. Mend the value, or the column.";

    [GeneratedRegex(@"column (?:`[^`]*`\.`[^`]*`\.)?[`']([^`']+)[`']", RegexOptions.IgnoreCase)]
    private static partial Regex QuotedColumn();

    [GeneratedRegex(@" at row \d+")]
    private static partial Regex AtRow();
}
