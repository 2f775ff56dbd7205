using System.Globalization;

namespace Settlements.DuckDb;

/// <summary>Builds the parts of SQL statements that can't be parameters.</summary>
internal static class Sql
{
    /// <summary>Quotes the name of a table or column.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Quotes each part of the name of a table, which may have a schema.</summary>
    public static string Table(string name) => string.Join('.', name.Split('.').Select(Name));

    /// <summary>Quotes a text.</summary>
    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Returns a list of texts.</summary>
    public static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Text))}]";

    /// <summary>Returns a condition of the application as a further term of a WHERE clause; empty when there is none.</summary>
    public static string And(string? condition) => condition is null ? "" : $" AND ({condition})";

    /// <summary>Returns a number, independent of the current culture.</summary>
    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns a name with a number, for columns of a query.</summary>
    public static string Alias(string name, int number) => name + Number(number);
}
