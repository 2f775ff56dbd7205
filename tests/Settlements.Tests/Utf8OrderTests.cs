using System.Text;
using FsCheck.Xunit;
using Settlements.Stores;

namespace Settlements.Tests;

public sealed class Utf8OrderTests
{
    [Property(MaxTest = 2000)]
    public bool Texts_are_ordered_as_their_utf8_bytes_are(string? x, string? y)
    {
        // Strings that UTF-8 can't encode have no byte order.
        if (x is null || y is null || !IsValid(x) || !IsValid(y))
            return true;
        var bytes = Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));
        return Math.Sign(Utf8Order.Instance.Compare(x, y)) == Math.Sign(bytes);
    }

    [Theory]
    [InlineData("a", "B", 1)]
    [InlineData("ab", "abc", -1)]
    [InlineData("\uFF5A", "\U0001F600", -1)]
    [InlineData("\U0001F600", "\U0001F601", -1)]
    [InlineData("\uE000", "\U0001F600", -1)]
    [InlineData("a\uFFFF", "a\U0010FFFF", -1)]
    [InlineData("", "", 0)]
    public void Characters_above_the_basic_plane_sort_last(string x, string y, int order)
    {
        Math.Sign(Utf8Order.Instance.Compare(x, y)).Should().Be(order);
        Math.Sign(Utf8Order.Instance.Compare(y, x)).Should().Be(-order);
    }

    private static bool IsValid(string text)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
