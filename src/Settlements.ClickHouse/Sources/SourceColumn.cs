using System.Globalization;

namespace Settlements.ClickHouse;

/// <summary>How the values of a column are read.</summary>
internal enum SourceColumnKind
{
    /// <summary>A type that a source can't use.</summary>
    Other,

    /// <summary>A signed or unsigned integer of up to 64 bits.</summary>
    Integer,

    /// <summary>String, UUID or Enum.</summary>
    Text,

    /// <summary>FixedString, whose zero bytes at the end are padding.</summary>
    FixedText,

    /// <summary>DateTime: whole seconds, 1970 to 2106.</summary>
    DateTime,

    /// <summary>DateTime64: fractions of a second.</summary>
    DateTime64,

    /// <summary>Date or Date32.</summary>
    Date,
}

/// <summary>A column of a source, as the catalogue describes it.</summary>
/// <param name="Table">The table's name without its database.</param>
/// <param name="Name">The column's name.</param>
/// <param name="Type">The type.</param>
/// <param name="Sql">The expression that reads it.</param>
/// <param name="IsJoined">Whether it is null in a row without a match.</param>
internal sealed record SourceColumn(string Table, string Name, string Type, string Sql, bool IsJoined = false)
{
    /// <summary>The type without LowCardinality and Nullable.</summary>
    public string Plain { get; } = Unwrap(Unwrap(Type, "LowCardinality("), "Nullable(");

    public bool IsNullable => IsJoined || Unwrap(Type, "LowCardinality(").StartsWith("Nullable(", StringComparison.Ordinal);

    public bool IsUnsigned64 => Plain == "UInt64";

    public SourceColumnKind Kind => Plain switch
    {
        "Int8" or "Int16" or "Int32" or "Int64" or "UInt8" or "UInt16" or "UInt32" or "UInt64" or "Bool" => SourceColumnKind.Integer,
        "String" or "UUID" => SourceColumnKind.Text,
        "Date" or "Date32" => SourceColumnKind.Date,
        _ when Is("Enum8(") || Is("Enum16(") => SourceColumnKind.Text,
        _ when Is("FixedString(") => SourceColumnKind.FixedText,
        _ when Plain == "DateTime" || Is("DateTime(") => SourceColumnKind.DateTime,
        _ when Is("DateTime64(") => SourceColumnKind.DateTime64,
        _ => SourceColumnKind.Other,
    };

    public bool IsId => Kind is SourceColumnKind.Integer or SourceColumnKind.Text or SourceColumnKind.FixedText;

    /// <summary>The number of digits of fractions of a second of a DateTime64.</summary>
    public int Scale => int.Parse(Plain["DateTime64(".Length..].Split(',', ')')[0], NumberStyles.None, CultureInfo.InvariantCulture);

    private bool Is(string prefix) => Plain.StartsWith(prefix, StringComparison.Ordinal);

    private static string Unwrap(string type, string wrapper) =>
        type.StartsWith(wrapper, StringComparison.Ordinal) ? type[wrapper.Length..^1] : type;
}
