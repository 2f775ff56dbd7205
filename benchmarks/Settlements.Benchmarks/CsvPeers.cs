extern alias core;

using System.Text;
using System.Text.Unicode;
using Sylvan.Data.Csv;
using nietras.SeparatedValues;

namespace Settlements.Benchmarks;

/// <summary>How the chars of a peer are converted to UTF-8, which loaders send.</summary>
internal enum CsvText
{
    /// <summary>No conversion: the file is decoded from UTF-8 to chars.</summary>
    Chars,

    /// <summary>The file is decoded from UTF-8, and each field is encoded again.</summary>
    Encoded,

    /// <summary>
    /// The file is decoded as Latin-1, a char per byte; the bytes of each field are restored and validated as UTF-8, so that invalid rows
    /// can be rejected.
    /// </summary>
    Latin1,
}

/// <summary>The totals that a reader computed for a file.</summary>
/// <param name="Rows">Number of rows with as many fields as columns.</param>
/// <param name="Bytes">Number of bytes of all fields in UTF-8, or of chars if they aren't encoded.</param>
internal readonly record struct CsvTotals(long Rows, long Bytes);

/// <summary>Reads every field of a file with each reader, as its documentation recommends.</summary>
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

    /// <summary>Returns the number of chars or bytes of a field; far below 0 if they aren't valid UTF-8.</summary>
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

    /// <summary>An encoding that throws for invalid UTF-8, which would otherwise be stored as U+FFFD.</summary>
    private static StreamReader Text(Stream file, CsvText form) => new(
        file,
        form == CsvText.Latin1 ? Encoding.Latin1 : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
        detectEncodingFromByteOrderMarks: false, BufferBytes);
}
