using System.Data.Common;

namespace Settlements.MySql;

/// <summary>
/// What a driver for MySQL makes of values by default, and no reader can undo: TINYINT(1) becomes true or false, CHAR(36) a UUID, a TIMESTAMP the
/// session's local time, and a FLOAT is sent with six digits. A load of such a reader would store other values than the source holds.
/// </summary>
internal static class DriverValues
{
    /// <summary>MySqlConnector and MySql.Data.</summary>
    public static bool IsOfMySql(DbDataReader reader) => reader.GetType().Namespace?.StartsWith("MySql", StringComparison.Ordinal) == true;

    /// <exception cref="ArgumentException">Some columns arrive changed; all are named, each with its remedy.</exception>
    public static void RequireUnchanged(DbDataReader reader)
    {
        var changed = Enumerable.Range(0, reader.FieldCount).Select(i => Change(reader, i)).OfType<string>().ToList();
        if (changed.Count > 0)
            throw new ArgumentException($"The reader's driver changes values before they can be loaded: {string.Join("; ", changed)}.");
    }

    /// <exception cref="ArgumentException">The instant depends on this machine's time zone, or stands for a date that is none.</exception>
    public static void RequireUnchanged(DateTime instant, string column)
    {
        if (instant.Kind == DateTimeKind.Local)
        {
            throw new ArgumentException(
                $"The reader gives column '{column}' in this machine's time zone. Set DateTimeKind=Unspecified or Utc in its connection string.");
        }

        if (instant == DateTime.MinValue)
        {
            throw new ArgumentException(
                $"The reader gives column '{column}' as 0001-01-01, which its driver makes of zero dates. Set ConvertZeroDateTime=False in its connection string, and "
                + $"select NULLIF(`{column}`, 0) AS `{column}`.");
        }
    }

    private static string? Change(DbDataReader reader, int ordinal)
    {
        var name = reader.GetName(ordinal);
        var type = reader.GetFieldType(ordinal);
        var declared = reader.GetDataTypeName(ordinal);
        if (type == typeof(bool))
            return $"column '{name}' is TINYINT(1), of which it makes true or false; set TreatTinyAsBoolean=False in its connection string";
        if (type == typeof(Guid))
            return $"column '{name}' is {declared}, of which it makes a UUID; set GuidFormat=None (Old Guids=False) in its connection string";
        if (type == typeof(float))
            return $"column '{name}' is FLOAT, of which the server sends six digits; select CAST(`{name}` AS DOUBLE) AS `{name}`";
        return type == typeof(DateTime) && declared.Equals("TIMESTAMP", StringComparison.OrdinalIgnoreCase)
            ? $"column '{name}' is TIMESTAMP, which the server sends in the session's time zone; SET time_zone = '+00:00' on its connection, and select "
                + $"CAST(`{name}` AS DATETIME(6)) AS `{name}`"
            : null;
    }
}
