using System.Text;

namespace Settlements.MySql;

/// <summary>A column's definition of the target table, from the server's catalogue.</summary>
internal sealed class TableColumn
{
    private ColumnKind? _kind;
    private IReadOnlyList<string>? _members;

    public string Name { get; set; } = "";

    public string DataType { get; set; } = "";

    public string ColumnType { get; set; } = "";

    public string Nullable { get; set; } = "";

    public string? DefaultValue { get; set; }

    public string Extra { get; set; } = "";

    public string? Charset { get; set; }

    /// <summary>Decimals of the seconds, from 0 to 6.</summary>
    public int? Precision { get; set; }

    /// <summary>Decimals of a number; null if they are not limited, as for a FLOAT without them.</summary>
    public int? Scale { get; set; }

    /// <summary>The maximum number of characters, or of bytes for binary types; null for other types.</summary>
    public long? Length { get; set; }

    public bool IsNullable => Nullable == "YES";

    public bool IsGenerated => Extra.Contains("GENERATED", StringComparison.OrdinalIgnoreCase)
        && !Extra.Contains("DEFAULT_GENERATED", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a row may omit it.</summary>
    public bool HasDefault => IsNullable || DefaultValue is not null || IsGenerated
        || Extra.Contains("auto_increment", StringComparison.OrdinalIgnoreCase)
        || Extra.Contains("DEFAULT_GENERATED", StringComparison.OrdinalIgnoreCase);

    public ColumnKind Kind => _kind ??= KindOf(DataType.ToUpperInvariant());

    /// <summary>Whether its fields are raw bytes, without a character set conversion.</summary>
    public bool IsBinary => Kind is ColumnKind.FixedBytes or ColumnKind.Bytes or ColumnKind.Opaque;

    /// <summary>Whether it stores seconds, with <see cref="Precision"/> decimals.</summary>
    public bool IsTime => Kind is ColumnKind.Instant or ColumnKind.Time;

    /// <summary>Whether it has 16 bytes, in which a <see cref="Guid"/> is stored.</summary>
    public bool IsUuid => Kind == ColumnKind.FixedBytes && Length == 16;

    /// <summary>The members of an ENUM or a SET, in declared order.</summary>
    public IReadOnlyList<string> Members => _members ??= MembersOf(ColumnType);

    /// <summary>
    /// The expression that converts a field: LOAD DATA reads fields as bytes. Text is converted explicitly, so that a character that the
    /// column's character set lacks is an error, and so that types that accept text and bytes (UUID, INET6) don't store the text's bytes;
    /// BIT columns need numbers.
    /// </summary>
    public string? Expression => Kind switch
    {
        ColumnKind.Bit => "CAST({0} AS UNSIGNED)",
        ColumnKind.Json or ColumnKind.Other => "CONVERT({0} USING utf8mb4)",
        _ => Charset is null or "utf8mb4" or "binary" ? null : "CONVERT({0} USING utf8mb4)",
    };

    private static ColumnKind KindOf(string dataType) => dataType switch
    {
        "VARCHAR" or "TEXT" or "TINYTEXT" or "MEDIUMTEXT" or "LONGTEXT" => ColumnKind.Text,
        "CHAR" => ColumnKind.Char,
        "BINARY" => ColumnKind.FixedBytes,
        "VARBINARY" or "BLOB" or "TINYBLOB" or "MEDIUMBLOB" or "LONGBLOB" => ColumnKind.Bytes,
        "BIGINT" or "INT" or "MEDIUMINT" or "SMALLINT" or "TINYINT" => ColumnKind.Integer,
        "BIT" => ColumnKind.Bit,
        "YEAR" => ColumnKind.Year,
        "DECIMAL" => ColumnKind.Decimal,
        "FLOAT" => ColumnKind.Float,
        "DOUBLE" => ColumnKind.Double,
        "DATE" => ColumnKind.Date,
        "DATETIME" or "TIMESTAMP" => ColumnKind.Instant,
        "TIME" => ColumnKind.Time,
        "ENUM" => ColumnKind.Enum,
        "SET" => ColumnKind.Set,
        "JSON" => ColumnKind.Json,
        "GEOMETRY" or "POINT" or "LINESTRING" or "POLYGON" or "MULTIPOINT" or "MULTILINESTRING" or "MULTIPOLYGON" or "GEOMETRYCOLLECTION"
            or "GEOMCOLLECTION" or "VECTOR" => ColumnKind.Opaque,
        _ => ColumnKind.Other,
    };

    /// <summary>Parses <c>enum('a','it''s','back\\slash')</c>.</summary>
    private static List<string> MembersOf(string columnType)
    {
        var members = new List<string>();
        var member = new StringBuilder();
        for (var i = columnType.IndexOf('\'', StringComparison.Ordinal) + 1; i > 0 && i < columnType.Length; i++)
        {
            if (columnType[i] == '\'' && (i + 1 == columnType.Length || columnType[i + 1] != '\''))
            {
                members.Add(member.ToString());
                member.Clear();
                i = columnType.IndexOf('\'', i + 1);
                if (i < 0)
                    break;
                continue;
            }

            var isEscaped = columnType[i] is '\'' or '\\' && i + 1 < columnType.Length;
            var escape = columnType[i];
            if (isEscaped)
                i++;
            member.Append(!isEscaped || escape == '\''
                ? columnType[i]
                : columnType[i] switch { '0' => '\0', 'n' => '\n', 'r' => '\r', var other => other });
        }

        return members;
    }
}
