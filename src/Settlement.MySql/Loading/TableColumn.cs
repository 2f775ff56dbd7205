namespace Settlement.MySql.Loading;

/// <summary>A column of the table that is loaded, as the server describes it.</summary>
internal sealed class TableColumn
{
    public string Name { get; set; } = "";

    public string DataType { get; set; } = "";

    public string ColumnType { get; set; } = "";

    public string Nullable { get; set; } = "";

    public string? DefaultValue { get; set; }

    public string Extra { get; set; } = "";

    public string? Charset { get; set; }

    /// <summary>Decimals of the seconds, from 0 to 6.</summary>
    public int? Precision { get; set; }

    public bool IsNullable => Nullable == "YES";

    public bool IsGenerated => Extra.Contains("GENERATED", StringComparison.OrdinalIgnoreCase) && !Extra.Contains("DEFAULT_GENERATED", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a row may leave it out.</summary>
    public bool HasDefault => IsNullable || DefaultValue is not null || IsGenerated || Extra.Contains("auto_increment", StringComparison.OrdinalIgnoreCase)
        || Extra.Contains("DEFAULT_GENERATED", StringComparison.OrdinalIgnoreCase);

    public bool IsBinary => DataType.ToUpperInvariant() is "BINARY" or "VARBINARY" or "BLOB" or "TINYBLOB" or "MEDIUMBLOB" or "LONGBLOB";

    public bool IsInteger => DataType.ToUpperInvariant() is "BIGINT" or "INT" or "MEDIUMINT" or "SMALLINT" or "TINYINT" or "BIT" or "YEAR";

    /// <summary>Whether it keeps seconds, with <see cref="Precision"/> decimals.</summary>
    public bool IsTime => DataType.ToUpperInvariant() is "DATETIME" or "TIMESTAMP" or "TIME";

    /// <summary>16 bytes, as which a <see cref="Guid"/> is stored.</summary>
    public bool IsUuid => ColumnType.Equals("binary(16)", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Fields come as bytes: text has to be said to be text, so that a character that the column's set lacks is a fault and not other bytes; BIT
    /// columns take numbers.
    /// </summary>
    public string? Expression => DataType.ToUpperInvariant() switch
    {
        "BIT" => "CAST({0} AS UNSIGNED)",
        "JSON" => "CONVERT({0} USING utf8mb4)",
        _ => Charset is null or "utf8mb4" or "binary" ? null : "CONVERT({0} USING utf8mb4)",
    };
}
