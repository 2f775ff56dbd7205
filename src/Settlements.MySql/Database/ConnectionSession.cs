using System.Globalization;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// The statements that initialize a connection session, so that results don't depend on the server's or the user's defaults.
/// </summary>
internal static class ConnectionSession
{
    /// <summary>
    /// Strict: a value that doesn't fit is an error; 0 is 0 also in an AUTO_INCREMENT column. Without NO_BACKSLASH_ESCAPES, ANSI_QUOTES,
    /// PAD_CHAR_TO_FULL_LENGTH and the like.
    /// </summary>
    public const string SqlMode =
        "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO";

    private const string Common =
        $"SET NAMES utf8mb4; SET time_zone = '+00:00', sql_mode = '{SqlMode}', max_error_count = 65535, autocommit = 1, "
        + "sql_select_limit = 18446744073709551615, sql_safe_updates = 0, sql_notes = 1, foreign_key_checks = 1, unique_checks = 1";

    private const string Isolation = "; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

    /// <summary>
    /// What a statement that only reads needs, on any engine of the protocol: UTC, literals as the driver writes them, and all rows. It
    /// omits isolation and READ ONLY, which not every engine has.
    /// </summary>
    private const string Portable =
        $"SET NAMES utf8mb4; SET time_zone = '+00:00', sql_mode = '{SqlMode}', autocommit = 1, sql_select_limit = 18446744073709551615";

    /// <summary>Returns the statements for a source whose statements have only what every engine of the protocol can execute.</summary>
    public static string PortableStatements(MySqlConnection connection, DatabaseAccess access) => Portable;

    /// <summary>Returns the statements. A write on a connection for reading is an error; TiDB doesn't support read-only sessions.</summary>
    /// <param name="connection">The opened connection.</param>
    /// <param name="access">Whether the session writes.</param>
    /// <param name="transactionIdleMax">How long the server waits for the next statement of an open transaction.</param>
    public static string InitialStatements(MySqlConnection connection, DatabaseAccess access, TimeSpan transactionIdleMax)
    {
        var isTiDb = connection.ServerVersion.Contains("TiDB", StringComparison.Ordinal);
        return access == DatabaseAccess.Write ? Common + IdleLimit(transactionIdleMax) + Isolation
            : isTiDb ? Common + Isolation
            : Common + Isolation + ", READ ONLY";
    }

    /// <summary>Rolls back a transaction that was begun by a statement, of which the driver doesn't know.</summary>
    public static ValueTask RollBackAsync(MySqlConnection connection) => SessionStart.RollBackAsync(connection);

    /// <summary>
    /// Returns assignments that each kind of server reads as its own or as a comment: MariaDB limits idle transactions, MySQL only idle
    /// connections.
    /// </summary>
    private static string IdleLimit(TimeSpan max) => string.Create(
        CultureInfo.InvariantCulture,
        $"/*M!100300 , idle_transaction_timeout = {max.TotalSeconds:0} *//*!80000 , wait_timeout = {max.TotalSeconds:0} */");
}
