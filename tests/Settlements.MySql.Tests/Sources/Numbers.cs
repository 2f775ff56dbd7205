using System.Globalization;

namespace Settlements.MySql.Tests.Sources;

/// <summary>Numbers as a derived table, in SQL that MySQL and MariaDB both have.</summary>
internal static class Numbers
{
    private const string Digits = "SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 "
        + "UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9";

    /// <summary>Returns a derived table with the column <c>seq</c>: the numbers 1 to a last one, up to 100,000.</summary>
    public static string To(int last, string alias = "numbers") => string.Create(
        CultureInfo.InvariantCulture,
        $"(SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS seq FROM ({Digits}) a, ({Digits}) b, ({Digits}) c, "
            + $"({Digits}) d, ({Digits}) e WHERE a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n < {last}) {alias}");
}
