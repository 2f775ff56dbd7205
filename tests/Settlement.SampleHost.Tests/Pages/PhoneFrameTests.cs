using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The header, the tabs and the heads of pages on a phone: what is cut, wrapped or out of sight.</summary>
public sealed class PhoneFrameTests(Chromium chromium)
{
    /// <summary>The number of lines of the text of an element.</summary>
    private const string Lines = """
        element => {
          const range = document.createRange();
          range.selectNodeContents(element);
          return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
        }
        """;

    [Theory]
    [InlineData("en-US")]
    [InlineData("ko-KR")]
    public async Task The_button_that_prints_a_statement_is_one_line(string locale)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (creator, _) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.CloseDayAsync();
        foreach (var width in (int[])[360, 390])
        {
            await using var visitor = await chromium.VisitAsync(platform.Address, width: width, locale: locale);
            await visitor.LogInAsync(creator.Email);
            await visitor.GoAsync("/settlement/statement?month=2026-03");
            var button = await visitor.Page.WaitForSelectorAsync("#print:visible");

            (await button!.EvaluateAsync<int>(Lines)).Should().Be(1, "the button has one line on {0} px", width);
            (await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(width);
        }
    }
}
