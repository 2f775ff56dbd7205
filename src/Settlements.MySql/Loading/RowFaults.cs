using System.Text.RegularExpressions;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Parses the server's errors about a row into column and reason.</summary>
internal static partial class RowFaults
{
    public const int DuplicateKey = 1062;

    /// <summary>
    /// Errors that concern a row: null, range, type, length, character set, duplicate, foreign key, check, partition, JSON and geometry.
    /// Any other error ends the load.
    /// </summary>
    private static readonly HashSet<int> OfRows =
    [
        1048, 1062, 1169, 1216, 1217, 1263, 1264, 1265, 1292, 1300, 1364, 1366, 1367, 1406, 1411, 1416, 1451, 1452, 1526, 1557, 1586, 1690,
        3140, 3141,
        3156, 3819, 3854, 4025, 4038,
    ];

    /// <summary>
    /// Returns whether an error concerns a row, including errors that a trigger raises by SIGNAL: 1642 to 1644, or a custom error in
    /// SQLSTATE class 45.
    /// </summary>
    public static bool IsOfRow(MySqlException e) =>
        OfRows.Contains(e.Number) || e.Number is >= 1642 and <= 1644 || e.SqlState?.StartsWith("45", StringComparison.Ordinal) == true;

    public static string? Column(string message) => QuotedColumn().Match(message) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Returns the reason without "at row 1", which is the position within the statement.</summary>
    public static string Reason(string message) =>
        $"The table refuses the row: {AtRow().Replace(message, "").TrimEnd('.')}. Correct the value, or change the column.";

    [GeneratedRegex(@"column (?:`[^`]*`\.`[^`]*`\.)?[`']([^`']+)[`']", RegexOptions.IgnoreCase)]
    private static partial Regex QuotedColumn();

    [GeneratedRegex(@" at row \d+")]
    private static partial Regex AtRow();
}
