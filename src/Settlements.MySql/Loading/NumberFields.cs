using System.Globalization;

namespace Settlements.MySql;

/// <summary>
/// Writes numbers that the column stores exactly: the server would round to a FLOAT, a DOUBLE or their decimals without a warning.
/// </summary>
internal static class NumberFields
{
    private const long FloatIntegerMax = 1L << 24;
    private const long DoubleIntegerMax = 1L << 53;

    public static string? Integer(RowBuffer row, long number, TableColumn column)
    {
        var isExact = column.Kind switch
        {
            ColumnKind.Integer or ColumnKind.Bit or ColumnKind.Decimal or ColumnKind.Text or ColumnKind.Json => true,
            ColumnKind.Double => number is >= -DoubleIntegerMax and <= DoubleIntegerMax,
            ColumnKind.Float => number is >= -FloatIntegerMax and <= FloatIntegerMax,
            _ => false,
        };
        if (isExact)
        {
            row.Int64(number);
            return null;
        }

        if (column.Kind is ColumnKind.Enum or ColumnKind.Set)
            return MemberFields.Number(row, number, column);
        return TextFields.Write(row, number.ToString(CultureInfo.InvariantCulture), column);
    }

    public static string? Double(RowBuffer row, double number, TableColumn column)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
            return $"The value is {text}, which no column can store. Use a finite number.";
        if (column.Kind != ColumnKind.Double || column.Scale is not null)
            return TextFields.Write(row, text, column);
        row.Text(text);
        return null;
    }

    public static string? Single(RowBuffer row, float number, TableColumn column)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        if (!float.IsFinite(number))
            return $"The value is {text}, which no column can store. Use a finite number.";
        if (column.Kind != ColumnKind.Float || column.Scale is not null)
            return TextFields.Write(row, text, column);
        row.Text(((double)number).ToString("R", CultureInfo.InvariantCulture));
        return null;
    }

    /// <summary>Writes a number's text to a numeric column.</summary>
    public static string? Text(RowBuffer row, string text, TableColumn column)
    {
        if (!NumberText.TryParse(text, out var number))
            return $"The value '{Abbreviate(text)}' is not a number, and the column is {column.ColumnType}. Use "
                + "digits with a decimal point, without grouping.";
        switch (column.Kind)
        {
            case ColumnKind.Integer or ColumnKind.Bit or ColumnKind.Year when !number.IsInteger:
                return $"The value {Abbreviate(text)} has a fraction, and the column stores whole numbers. Use a whole number.";
            case ColumnKind.Integer or ColumnKind.Bit:
                row.Text(number.ToIntegerText() ?? text.Trim(' '));
                return null;
            case ColumnKind.Year:
                return Year(row, number, text);
            case ColumnKind.Float or ColumnKind.Double:
                return Float(row, number, text, column);
            default:
                row.Text(text.AsSpan().Trim(' '));
                return null;
        }
    }

    public static string Abbreviate(string text) => text.Length <= 100 ? text : text[..100] + "…";

    private static string? Year(RowBuffer row, NumberText number, string text)
    {
        if (number.Digits.Length == 0)
        {
            // The server would interpret the text 0 as 2000.
            row.Text("0000");
            return null;
        }

        var year = number.ToIntegerText() ?? text.Trim(' ');
        if (!number.IsNegative && year.Length <= 2)
            return $"The value {Abbreviate(text)} is not a year of four digits; the server would add a century. Use 1901 to 2155, or 0.";
        row.Text(year);
        return null;
    }

    /// <summary>A number is exact if the column's number equals it, or if it is the shortest text of the column's number.</summary>
    private static string? Float(RowBuffer row, NumberText number, string text, TableColumn column)
    {
        var value = double.Parse(text.AsSpan().Trim(' '), NumberStyles.Float, CultureInfo.InvariantCulture);
        var isExact = Is(number, value.ToString("R", CultureInfo.InvariantCulture));
        if (column.Kind == ColumnKind.Float && (double)(float)value != value)
        {
            isExact = Is(number, ((float)value).ToString("R", CultureInfo.InvariantCulture));
            value = (float)value;
        }

        if (!double.IsFinite(value))
            return $"The value {Abbreviate(text)} is out of the range of the column, which is {column.ColumnType}. "
                + "Use a smaller number, or a DECIMAL column.";
        if (!isExact)
        {
            return $"The value {Abbreviate(text)} has more digits than the column stores: {column.ColumnType} would store "
                + $"{value.ToString("R", CultureInfo.InvariantCulture)}. "
                + $"Round it first, or make the column {(column.Kind == ColumnKind.Float ? "DOUBLE or " : "")}DECIMAL.";
        }

        if (column.Scale is { } scale && number.Exponent < -scale)
            return $"The value {Abbreviate(text)} has more decimals than the column stores, which is {column.ColumnType}. Round it "
                + $"first, or change the column.";
        row.Text(value.ToString("R", CultureInfo.InvariantCulture));
        return null;
    }

    private static bool Is(NumberText number, string shortest) => NumberText.TryParse(shortest, out var other) && number == other;
}
