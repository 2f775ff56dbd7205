using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// The English text of an error, with its values apart, so that a page can display it in another language: <see cref="Format"/> is the key
/// of its translations. Created from an interpolated string; values are formatted independently of the culture.
/// </summary>
[InterpolatedStringHandler]
internal sealed class ErrorText
{
    private readonly StringBuilder _format = new();
    private readonly List<object> _values = [];

    public ErrorText(int literalLength, int formattedCount)
    {
        _format.EnsureCapacity(literalLength + formattedCount * 3);
        _values.EnsureCapacity(formattedCount);
    }

    /// <summary>The text with {0}, {1} and so on in place of its values; braces of the text are doubled.</summary>
    public string Format => _format.ToString();

    public object[] Values => [.. _values];

    public static implicit operator ErrorText(string text)
    {
        var result = new ErrorText(text.Length, 0);
        result.AppendLiteral(text);
        return result;
    }

    public void AppendLiteral(string text) =>
        _format.Append(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void AppendFormatted<T>(T value, string? format = null)
    {
        _format.Append(CultureInfo.InvariantCulture, $"{{{_values.Count}}}");
        _values.Add(value is IFormattable formattable
            ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? "");
    }

    public override string ToString() => string.Format(CultureInfo.InvariantCulture, Format, Values);
}
