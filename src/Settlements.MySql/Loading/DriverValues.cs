using System.Data.Common;

namespace Settlements.MySql;

/// <summary>
/// Detects irreversible conversions of a MySQL driver: by default TINYINT(1) becomes a boolean, CHAR(36) a UUID, TIMESTAMP the local time
/// of the connection session, and FLOAT is sent with six digits. A load from such a reader would store values that differ from the source.
/// </summary>
internal static class DriverValues
{
    /// <summary>MySqlConnector and MySql.Data.</summary>
    public static bool IsOfMySql(DbDataReader reader) => reader.GetType().Namespace?.StartsWith("MySql", StringComparison.Ordinal) == true;

    /// <exception cref="ArgumentException">The driver converts some columns; the message names each with its remedy.</exception>
    public static void RequireUnchanged(DbDataReader reader)
    {
        var changed = Enumerable.Range(0, reader.FieldCount).Select(i => Change(reader, i)).OfType<string>().ToList();
        if (changed.Count > 0)
            throw new ArgumentException($"The reader's driver changes values before they can be loaded: {string.Join("; ", changed)}.");
    }

    /// <exception cref="ArgumentException">The instant is in this machine's time zone, or represents a zero date.</exception>
    public static void RequireUnchanged(DateTime instant, string column)
    {
        if (instant.Kind == DateTimeKind.Local)
        {
            throw new ArgumentException(
                $"The reader returns column '{column}' in this machine's time zone. Set "
                    + "DateTimeKind=Unspecified or Utc in its connection string.");
        }

        if (instant == DateTime.MinValue)
        {
            throw new ArgumentException(
                $"The reader returns column '{column}' as 0001-01-01, to which its driver converts zero dates. Set "
                + $"ConvertZeroDateTime=False in its "
                + $"connection string, and select NULLIF(`{column}`, 0) AS `{column}`.");
        }
    }

    private static string? Change(DbDataReader reader, int ordinal)
    {
        var name = reader.GetName(ordinal);
        var type = reader.GetFieldType(ordinal);
        var declared = reader.GetDataTypeName(ordinal);
        if (type == typeof(bool))
            return $"column '{name}' is TINYINT(1), which it converts to a boolean; set TreatTinyAsBoolean=False in its connection string";
        if (type == typeof(Guid))
            return $"column '{name}' is {declared}, which it converts to a UUID; set GuidFormat=None "
                + "(Old Guids=False) in its connection string";
        if (type == typeof(float))
            return $"column '{name}' is FLOAT, which the server sends with six digits; select CAST(`{name}` AS DOUBLE) AS `{name}`";
        return type == typeof(DateTime) && declared.Equals("TIMESTAMP", StringComparison.OrdinalIgnoreCase)
            ? $"column '{name}' is TIMESTAMP, which the server sends in the connection's time zone; SET time_zone = '+00:00' on its "
                + $"connection, and select CAST(`{name}` AS DATETIME(6)) AS `{name}`"
            : null;
    }
}
