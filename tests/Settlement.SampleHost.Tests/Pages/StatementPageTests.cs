using System.Globalization;
using Microsoft.Playwright;
using Settlement.SampleHost.Tests.Api;
using Settlements;
using UglyToad.PdfPig;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The monthly statement on paper, as Chromium prints it.</summary>
public sealed class StatementPageTests(Chromium chromium)
{
    private const int Videos = 60;

    /// <summary>The margin at the right, 15 mm, in points, less 1 mm: boxes of bold words are wider than their glyphs.</summary>
    private const double MarginPoints = 14 / 25.4 * 72;

    [Fact]
    public async Task A_statement_is_printed_on_A4_and_Letter_without_navigation_and_with_whole_amounts()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var creator = await platform.LogInAsync("creator");
        await platform.Service<SettlementEngine>().Events.LoadAsync(Enumerable.Range(1, Videos).Select(n => new UsageEvent(
            Guid.Parse(SampleProgram.Id(n)), PlatformUnderTest.Noon, PlatformMeters.Views, Item(n), creator.UserId, 900_000_000L + n))
            .ToAsyncEnumerable());
        await platform.CloseDayAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address, ColorScheme.Dark);
        await visitor.LogInAsync(creator.Email);
        await visitor.GoAsync("/settlement?period=month");
        await visitor.Page.ClickAsync("text=Monthly statement");
        await visitor.Page.WaitForSelectorAsync("#print:visible");
        (await visitor.TextAsync("#incomplete")).Should().Contain("1 of 31 days");
        (await visitor.TextAsync("h1")).Should().Be("Provisional monthly statement");
        (await visitor.TextAsync(".sums .sum th")).Should().Be("Total of the closed days");
        var amounts = await visitor.Page.Locator(".statement .title .n").AllInnerTextsAsync();
        amounts.Should().HaveCount(Videos).And.OnlyContain(a => a.Length == "1,349,580,001".Length);

        foreach (var (format, width) in ((string, double)[])[("A4", 595), ("Letter", 612)])
        {
            using var pdf = PdfDocument.Open(await visitor.Page.PdfAsync(new PagePdfOptions { Format = format }));
            pdf.NumberOfPages.Should().BeInRange(3, 5, "{0} videos fill several pages of {1}", Videos, format);
            var words = pdf.GetPages().Select(p => p.GetWords().ToList()).ToList();
            foreach (var (index, page) in words.Index())
            {
                var text = string.Join(' ', page.Select(w => w.Text));
                text.Should().Contain($"{index + 1} / {pdf.NumberOfPages}", "each page is numbered");
                if (page.Any(w => w.Text.StartsWith("1,3", StringComparison.Ordinal)))
                    text.Should().Contain("Amount in KRW", "the head is repeated on page {0}", index + 1);
                text.Should().NotContain("Log out").And.NotContain("Top 5").And.NotContain("Print or save").And.NotContain("API");
                page.Where(w => w.BoundingBox.Right > width - MarginPoints).Select(w => $"{w.Text} to {w.BoundingBox.Right:0.#}").Should()
                    .BeEmpty("nothing reaches into the margin");
            }

            words.SelectMany(page => page).Select(w => w.Text).Should().Contain(amounts, "no amount is cut or divided");
            var total = amounts.Sum(a => long.Parse(a, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
            string.Join(' ', words[^1].Select(w => w.Text)).Should().Contain(total.ToString("N0", CultureInfo.InvariantCulture));
        }

        visitor.ConsoleErrors.Should().BeEmpty();
    }

    private static string Item(int number) => $"A video with a title that is wrapped on narrow paper, {number:00}";
}
