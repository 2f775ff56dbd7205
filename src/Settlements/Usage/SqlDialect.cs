using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The SQL dialect by which the condition of a source is validated: the syntax of literals and names.</summary>
[Experimental("SETTLE001")]
public enum SqlDialect
{
    /// <summary>A backslash is an ordinary character; names are quoted by double quotes, back quotes or square brackets.</summary>
    Sqlite,

    /// <summary>MySQL and MariaDB without ANSI_QUOTES: a backslash escapes; double quotes enclose a literal, back quotes a name.</summary>
    MySql,

    /// <summary>ClickHouse: a backslash escapes in literals and names; names are quoted by back quotes or double quotes.</summary>
    ClickHouse,

    /// <summary>DuckDB: a backslash is an ordinary character; double quotes enclose a name, and <c>::</c> casts.</summary>
    DuckDb,
}
