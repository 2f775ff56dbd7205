using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>How a store's database reads literals and names in the condition of a source.</summary>
[Experimental("SETTLE001")]
public enum SqlDialect
{
    /// <summary>A backslash is a character like any other; names stand in double quotes, back quotes or square brackets.</summary>
    Sqlite,

    /// <summary>MySQL and MariaDB without ANSI_QUOTES: a backslash escapes; double quotes hold a literal, back quotes a name.</summary>
    MySql,
}
