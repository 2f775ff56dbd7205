using System.Buffers;
using System.Data.Common;
using System.Text;

namespace Settlements.MySql;

/// <summary>Reads columns of the store's tables: texts are VARBINARY, days are DATE, instants are DATETIME(6) in UTC.</summary>
internal static class Rows
{
    /// <summary>The maximum length of a text column in bytes, except bounds and failures.</summary>
    private const int TextBytesMax = 1024;

    /// <summary>Returns an expression that selects a text column as a string.</summary>
    public static string Text(string column) => $"CONVERT({column} USING utf8mb4)";

    public static string Text(this DbDataReader reader, int column)
    {
        Span<byte> utf8 = stackalloc byte[TextBytesMax];
        return Encoding.UTF8.GetString(utf8[..reader.Bytes(column, utf8)]);
    }

    /// <summary>Reads a text column, reusing the previous row's string if it is equal.</summary>
    public static string Text(this DbDataReader reader, int column, ref string last)
    {
        Span<byte> utf8 = stackalloc byte[TextBytesMax];
        Span<char> text = stackalloc char[TextBytesMax];
        var length = Encoding.UTF8.GetChars(utf8[..reader.Bytes(column, utf8)], text);
        return last.AsSpan().SequenceEqual(text[..length]) ? last : last = new string(text[..length]);
    }

    /// <summary>Copies a binary column's bytes, and returns their number.</summary>
    public static int Bytes(this DbDataReader reader, int column, Span<byte> to)
    {
        var rented = ArrayPool<byte>.Shared.Rent(to.Length);
        var length = (int)reader.GetBytes(column, 0, rented, 0, to.Length);
        rented.AsSpan(0, length).CopyTo(to);
        ArrayPool<byte>.Shared.Return(rented);
        return length;
    }

    public static DateOnly Day(this DbDataReader reader, int column) => DateOnly.FromDateTime(reader.GetDateTime(column));

    /// <summary>Reads an amount without the trailing zeros of a DECIMAL's fixed scale, so that equal amounts have equal texts.</summary>
    public static decimal Amount(this DbDataReader reader, int column) => Normalized(reader.GetDecimal(column));

    /// <summary>Returns an amount without trailing zeros.</summary>
    public static decimal Normalized(decimal amount) => amount / 1.0000000000000000000000000000m;
}
