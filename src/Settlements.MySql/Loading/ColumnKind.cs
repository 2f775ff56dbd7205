namespace Settlements.MySql;

/// <summary>How a column's values are written and checked.</summary>
internal enum ColumnKind
{
    /// <summary>A type unknown to the loader: sent as text, which the server validates.</summary>
    Other,

    /// <summary>Characters of any length.</summary>
    Text,

    /// <summary>CHAR, which removes trailing spaces.</summary>
    Char,

    /// <summary>BINARY, which is padded to its length.</summary>
    FixedBytes,

    /// <summary>VARBINARY and the BLOBs.</summary>
    Bytes,

    /// <summary>Geometry and vectors: bytes in the server's format.</summary>
    Opaque,

    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>BIT: whole numbers, since the server would interpret a text as bytes.</summary>
    Bit,

    /// <summary>YEAR, which interprets numbers of up to two digits as years of this century.</summary>
    Year,

    /// <summary>DECIMAL.</summary>
    Decimal,

    /// <summary>FLOAT: 24 bits of precision.</summary>
    Float,

    /// <summary>DOUBLE: 53 bits of precision.</summary>
    Double,

    /// <summary>DATE.</summary>
    Date,

    /// <summary>DATETIME and TIMESTAMP.</summary>
    Instant,

    /// <summary>TIME.</summary>
    Time,

    /// <summary>ENUM: one member.</summary>
    Enum,

    /// <summary>SET: any number of members.</summary>
    Set,

    /// <summary>JSON of MySQL; MariaDB's is a text column with a check.</summary>
    Json,
}
