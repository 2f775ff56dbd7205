namespace Settlements.MySql;

/// <summary>How a column's values are written and checked.</summary>
internal enum ColumnKind
{
    /// <summary>Of a type that is unknown here: text, which the server decides about.</summary>
    Other,

    /// <summary>Characters of any length.</summary>
    Text,

    /// <summary>CHAR, which drops spaces at the end.</summary>
    Char,

    /// <summary>BINARY, which is filled up to its length.</summary>
    FixedBytes,

    /// <summary>VARBINARY and the BLOBs.</summary>
    Bytes,

    /// <summary>Geometry and vectors: bytes in the server's own form.</summary>
    Opaque,

    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>BIT: whole numbers, which the server would take from the bytes of a text.</summary>
    Bit,

    /// <summary>YEAR, which makes years of this century out of small numbers.</summary>
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

    /// <summary>One of its members.</summary>
    Enum,

    /// <summary>Some of its members.</summary>
    Set,

    /// <summary>JSON of MySQL; MariaDB's is a text column with a check.</summary>
    Json,
}
