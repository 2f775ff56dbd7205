namespace Settlements.Tests.Lines;

public sealed class LineTextTests
{
    [Fact]
    public void The_text_of_a_restated_line_is_its_posting_date_and_kind_in_every_culture() => Rates.InEveryCulture.Run(() =>
    {
        var line = new RestatedLine(new DateOnly(2024, 7, 1), LineKind.Usage);

        line.ToString().Should().Be("2024-07-01/usage");
        RestatedLine.Parse("2024-07-01/usage").Should().Be(line);
        RestatedLine.Parse("").Should().BeNull();
    });

    [Theory]
    [InlineData("2024-07-01")]
    [InlineData("2024-07-01/")]
    [InlineData("2024-07-01/total")]
    [InlineData("07/01/2024/usage")]
    [InlineData("2024-07-1/usage")]
    public void A_malformed_reference_to_a_line_is_refused(string text)
    {
        var parse = () => RestatedLine.Parse(text);

        parse.Should().Throw<FormatException>();
    }

    [Fact]
    public void Line_kinds_have_the_same_order_by_number_and_by_name()
    {
        var kinds = Enum.GetValues<LineKind>();

        kinds.OrderBy(k => (int)k).Select(k => k.Name()).Should().BeInAscendingOrder(StringComparer.Ordinal);
        kinds.Select(k => LineKinds.Parse(k.Name())).Should().Equal(kinds);
    }
}
