namespace Settlements.MySql;

/// <summary>How a column's values are read.</summary>
internal enum SourceColumnKind
{
    /// <summary>A whole number that fits a <see cref="long"/>.</summary>
    Integer,

    /// <summary>BIGINT UNSIGNED.</summary>
    Unsigned,

    /// <summary>DATETIME or TIMESTAMP.</summary>
    Instant,

    /// <summary>BINARY(16): a UUID by its bytes.</summary>
    Uuid,

    /// <summary>Text with a character set.</summary>
    Text,

    /// <summary>Bytes of any other length: UTF-8 text.</summary>
    Bytes,

    /// <summary>Decimals, floats, dates, JSON and the like.</summary>
    Other,
}

/// <summary>A column's definition, from the server's catalogue.</summary>
internal sealed class SourceColumn
{
    public string Name { get; set; } = "";

    /// <summary>The column in a statement, qualified where the source reads several tables.</summary>
    public string Sql { get; init; } = "";

    public string DataType { get; set; } = "";

    /// <summary>The type with its length and signedness.</summary>
    public string Type { get; set; } = "";

    public string Nullable { get; set; } = "";

    public string? Charset { get; set; }

    public string? Collation { get; set; }

    public bool IsNullable => Nullable == "YES";

    /// <summary>Returns the column with its SQL.</summary>
    public SourceColumn As(string sql, bool isNullable) => new()
    {
        Name = Name, DataType = DataType, Type = Type, Charset = Charset, Collation = Collation,
        Nullable = isNullable ? "YES" : Nullable, Sql = sql,
    };

    public SourceColumnKind Kind => DataType.ToUpperInvariant() switch
    {
        "BIGINT" when Type.Contains("unsigned", StringComparison.OrdinalIgnoreCase) => SourceColumnKind.Unsigned,
        "BIGINT" or "INT" or "MEDIUMINT" or "SMALLINT" or "TINYINT" => SourceColumnKind.Integer,
        "DATETIME" or "TIMESTAMP" => SourceColumnKind.Instant,
        "BINARY" when Type.Equals("binary(16)", StringComparison.OrdinalIgnoreCase) => SourceColumnKind.Uuid,
        "BINARY" or "VARBINARY" => SourceColumnKind.Bytes,
        "CHAR" or "VARCHAR" or "ENUM" or "UUID" => SourceColumnKind.Text,
        _ => SourceColumnKind.Other,
    };
}
