namespace Settlements.Tests.Lines;

public sealed class LineTextTests
{
    [Fact]
    public void A_restated_line_is_named_by_posting_date_and_kind_in_every_culture() => Rates.InEveryCulture.Run(() =>
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
    public void Another_form_is_refused(string text)
    {
        var parse = () => RestatedLine.Parse(text);

        parse.Should().Throw<FormatException>();
    }

    [Fact]
    public void The_numbers_of_the_kinds_are_in_the_order_of_their_names()
    {
        var kinds = Enum.GetValues<LineKind>();

        kinds.OrderBy(k => (int)k).Select(k => k.Name()).Should().BeInAscendingOrder(StringComparer.Ordinal);
        kinds.Select(k => LineKinds.Parse(k.Name())).Should().Equal(kinds);
    }
}
