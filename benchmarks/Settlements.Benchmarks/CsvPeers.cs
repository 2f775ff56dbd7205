extern alias core;

using System.Text;
using System.Text.Unicode;
using Sylvan.Data.Csv;
using nietras.SeparatedValues;

namespace Settlements.Benchmarks;

/// <summary>How a peer's chars become the UTF-8 that loaders send.</summary>
internal enum CsvText
{
    /// <summary>Not at all: the file is decoded from UTF-8, and chars are all that is asked for.</summary>
    Chars,

    /// <summary>Decoded from UTF-8 and encoded again, field by field.</summary>
    Encoded,

    /// <summary>Decoded as Latin-1, a char for each byte, and made bytes again, which are checked to be UTF-8, so that a row of other bytes
    /// can be rejected.</summary>
    Latin1,
}

/// <summary>What a reader made of a file.</summary>
/// <param name="Rows">The rows with as many fields as columns.</param>
/// <param name="Bytes">The bytes of all fields as UTF-8, or their chars where they are not encoded.</param>
internal readonly record struct CsvTotals(long Rows, long Bytes);

/// <summary>Reads every field of a file by each reader, as its documentation says.</summary>
internal static class CsvPeers
{
    private const int RowBytesMax = 65_536;
    private const int BufferBytes = 1_048_576;

    private static readonly byte[] Buffer = new byte[BufferBytes];

    public static async Task<CsvTotals> OwnAsync(Stream file, Action<string>? rejected = null)
    {
        var reader = new CsvFileReader(file, RowBytesMax, BufferBytes, headerRule: "");
        await reader.ReadHeaderAsync(CancellationToken.None);
        var totals = new CsvTotals();
        while (ReadBuffered())
            await reader.RefillAsync(CancellationToken.None);
        return totals;

        bool ReadBuffered()
        {
            while (true)
            {
                switch (reader.TryRead(out var fields, out var row))
                {
                    case CsvRead.MoreBytes:
                        return true;
                    case CsvRead.End:
                        return false;
                    case CsvRead.Row when row is not null:
                        rejected?.Invoke($"row {row.RowNumber}, line {row.LineNumber}, column {row.Column ?? "–"}: {row.Reason}");
                        break;
                    default:
                        var bytes = 0L;
                        for (var i = 0; i < fields.Count; i++)
                            bytes += fields[i].Length;
                        totals = new CsvTotals(totals.Rows + 1, totals.Bytes + bytes);
                        break;
                }
            }
        }
    }

    public static CsvTotals Sep(Stream file, CsvText form, Action<string>? rejected = null)
    {
        using var text = Text(file, form);
        using var reader = nietras.SeparatedValues.Sep.New(',').Reader(o => o with { Unescape = true, DisableColCountCheck = true })
            .From(text);
        var columns = reader.Header.ColNames.Count;
        var totals = new CsvTotals();
        foreach (var row in reader)
        {
            var bytes = 0L;
            for (var i = 0; i < row.ColCount; i++)
                bytes += Length(row[i].Span, form);
            if (row.ColCount == columns && bytes >= 0)
                totals = new CsvTotals(totals.Rows + 1, totals.Bytes + bytes);
            else
                rejected?.Invoke($"line {row.LineNumberFrom}: {row.ColCount} fields{(bytes < 0 ? ", not UTF-8" : "")}");
        }

        return totals;
    }

    public static CsvTotals Sylvan(Stream file, CsvText form, Action<string>? rejected = null)
    {
        using var text = Text(file, form);
        using var reader = CsvDataReader.Create(text, new CsvDataReaderOptions { Delimiter = ',', MaxBufferSize = BufferBytes });
        var totals = new CsvTotals();
        while (reader.Read())
        {
            var bytes = 0L;
            for (var i = 0; i < reader.RowFieldCount; i++)
                bytes += Length(reader.GetFieldSpan(i), form);
            if (reader.RowFieldCount == reader.FieldCount && bytes >= 0)
                totals = new CsvTotals(totals.Rows + 1, totals.Bytes + bytes);
            else
                rejected?.Invoke($"row {reader.RowNumber}: {reader.RowFieldCount} fields{(bytes < 0 ? ", not UTF-8" : "")}");
        }

        return totals;
    }

    /// <summary>The chars or bytes of a field; far below 0 where they are not UTF-8.</summary>
    private static long Length(ReadOnlySpan<char> field, CsvText form)
    {
        switch (form)
        {
            case CsvText.Chars:
                return field.Length;
            case CsvText.Encoded:
                return Encoding.UTF8.GetBytes(field, Buffer);
            default:
                var bytes = Buffer.AsSpan(0, Encoding.Latin1.GetBytes(field, Buffer));
                return Utf8.IsValid(bytes) ? bytes.Length : int.MinValue;
        }
    }

    /// <summary>Bytes that are not UTF-8 throw: they would become U+FFFD, and be stored as that.</summary>
    private static StreamReader Text(Stream file, CsvText form) => new(
        file,
        form == CsvText.Latin1 ? Encoding.Latin1 : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
        detectEncodingFromByteOrderMarks: false, BufferBytes);
}
