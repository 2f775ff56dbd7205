using System.Text;

namespace Settlements.MySql;

/// <summary>The rows of a CSV file. An empty field is null in a nullable column.</summary>
/// <param name="file">The file, whose header was read.</param>
internal sealed class CsvRows(CsvFileReader file) : CsvLoadSource<EncodedChunk>(file), IRowReader
{
    /// <summary>The maximum length of a row without its line end: 16 MiB.</summary>
    public const int RowBytesMax = 16 * 1024 * 1024;

    /// <summary>The initial size of the read buffer, which grows for longer rows: 1 MiB.</summary>
    public const int BufferBytes = 1024 * 1024;

    public const string HeaderRule = "The first row must be the names of the table's columns, separated by commas.";

    public IReadOnlyList<string> Columns => File.Columns;

    protected override void Add(in CsvFields fields, EncodedChunk chunk)
    {
        var columns = chunk.Table.Columns;
        for (var i = 0; i < columns.Count; i++)
        {
            if (Write(chunk.Rows, fields[i], columns[i]) is { } reason)
            {
                chunk.Reject(File.Reject(columns[i].Name, reason));
                return;
            }
        }

        chunk.EndRow(new RowPosition(File.RowNumber, File.LineNumber));
    }

    private static string? Write(RowBuffer row, ReadOnlySpan<byte> utf8, TableColumn column)
    {
        if (utf8.IsEmpty && column.IsNullable)
        {
            row.Null();
            return null;
        }

        // Text columns store the bytes unchanged, so that no string is allocated.
        if (column.Kind == ColumnKind.Text)
        {
            row.Binary(utf8);
            return null;
        }

        return TextFields.Write(row, Encoding.UTF8.GetString(utf8), column);
    }
}
