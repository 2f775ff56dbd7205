using System.Text;

namespace Settlements.Tests;

public sealed class CodePointsTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("video-1", 7)]
    [InlineData("정산", 2)]
    [InlineData("e\u0301", 2)]
    [InlineData("\U0001F600\U0001F600", 2)]
    [InlineData("a\U0001F600b", 3)]
    public void Text_and_its_UTF8_form_have_the_same_number_of_code_points(string text, int count)
    {
        CodePoints.Count(text).Should().Be(count).And.Be(text.EnumerateRunes().Count());
        CodePoints.Count(Encoding.UTF8.GetBytes(text)).Should().Be(count);
    }

    [Theory]
    [InlineData("\uD83D")]
    [InlineData("\uDE00\uD83D")]
    [InlineData("\uD83D\uD83D\uDE00\uDE00")]
    public void A_lone_half_of_a_surrogate_pair_counts_as_one(string text) =>
        CodePoints.Count(text).Should().Be(text.EnumerateRunes().Count());
}
