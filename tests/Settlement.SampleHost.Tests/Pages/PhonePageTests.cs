using System.Globalization;
using Microsoft.Playwright;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>Tables, tabs and links, on a phone and on a wide screen.</summary>
public sealed class PhonePageTests(Chromium chromium)
{
    /// <summary>The values of a table that are on more than one line.</summary>
    private const string BrokenValues = """
        [...document.querySelectorAll('.cards :is(td.n, td.nowrap)')].flatMap(cell => [...cell.childNodes]).filter(node => {
          const range = document.createRange();
          range.selectNodeContents(node);
          const lines = new Set([...range.getClientRects()].map(box => Math.round(box.bottom / 8)));
          return node.textContent.trim() && node.nodeName !== 'FORM' && lines.size > 1;
        }).map(node => node.textContent)
        """;

    /// <summary>The right edges of the amounts of a table.</summary>
    private const string RightEdges = """
        [...new Set([...document.querySelectorAll('.videogrid tbody td.money, .videogrid tbody td.n:last-child')].map(cell => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return Math.round(range.getBoundingClientRect().right);
        }))]
        """;

    /// <summary>The widths of the rules below the last rows of tables.</summary>
    private const string LastRules = """
        [...document.querySelectorAll('.cards tbody:last-child > tr:last-child')].map(row => getComputedStyle(row).borderBottomWidth)
        """;

    /// <summary>Links in titles that look like the text around them.</summary>
    private const string PlainTitles = """
        [...document.querySelectorAll('main :is(tbody th a, a.name)')].filter(link => {
          const style = getComputedStyle(link);
          return style.textDecorationLine !== 'underline' || style.color === getComputedStyle(link.parentElement).color;
        }).map(link => link.textContent)
        """;

    /// <summary>The tabs that are on another line than the first one, or the current one if it is outside of the visible part.</summary>
    private const string WrongTabs = """
        (() => {
          const tabs = document.querySelector('.tabs'), box = tabs.getBoundingClientRect();
          return [...tabs.children].filter(tab => {
            const at = tab.getBoundingClientRect();
            return tab.offsetTop !== tabs.firstElementChild.offsetTop
              || tab.ariaCurrent === 'page' && (at.left < box.left - 1 || at.right > box.right + 1);
          }).map(tab => tab.textContent);
        })()
        """;

    [Theory]
    [InlineData("en-US")]
    [InlineData("ko-KR")]
    public async Task Tables_on_a_phone_keep_their_links_and_break_no_value(string locale)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 700);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address, width: 360, locale: locale);
        await visitor.LogInAsync((await platform.LogInAsync("admin")).Email);
        var page = visitor.Page;

        foreach (var path in (string[])["/admin/runs", "/admin/instances", "/admin/audit", "/account/sessions",
            $"/settlement/video/{videoId}", "/settlement"])
        {
            await visitor.GoAsync(path);
            (await page.EvaluateAsync<string[]>(BrokenValues)).Should().BeEmpty("no date and no number of {0} is divided", path);
            (await page.EvaluateAsync<string[]>(PlainTitles)).Should().BeEmpty("links of {0} are recognised", path);
            (await page.EvaluateAsync<string[]>(LastRules)).Should().OnlyContain(w => w == "0px", "no rule ends the list of {0}", path);
        }

        (await page.EvaluateAsync<int[]>(RightEdges)).Should().ContainSingle("amounts are aligned");
        await page.ClickAsync(".videogrid thead a[href*='sort=Views']");
        await page.WaitForURLAsync(url => url.Contains("sort=Views", StringComparison.Ordinal));
        await page.WaitForSelectorAsync(".videogrid [aria-sort] a[href*='sort=Views']");
    }

    [Fact]
    public async Task Titles_that_are_links_look_like_links()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 700);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address, ColorScheme.Dark);
        await visitor.LogInAsync(creator.Email);

        foreach (var path in (string[])["/", "/videos", "/studio", "/settlement"])
        {
            await visitor.GoAsync(path);
            (await visitor.Page.Locator("main :is(tbody th a, a.name)").CountAsync()).Should().BePositive();
            (await visitor.Page.EvaluateAsync<string[]>(PlainTitles)).Should().BeEmpty("links of {0} are recognised", path);
        }
    }

    [Theory]
    [InlineData(360, "en-US")]
    [InlineData(360, "ko-KR")]
    [InlineData(1_120, "ko-KR")]
    public async Task Tabs_of_admins_are_one_line_that_shows_the_current_one(int width, string locale)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address, width: width, locale: locale);
        await visitor.LogInAsync((await platform.LogInAsync("admin")).Email);

        foreach (var path in (string[])["/admin", "/admin/rates", "/admin/corrections", "/admin/audit"])
        {
            await visitor.GoAsync(path);
            (await visitor.Page.EvaluateAsync<string[]>(WrongTabs)).Should().BeEmpty("the tabs of {0} fit", path);
        }
    }

    [Theory]
    [InlineData(0, "< 1 ms", "1ms 미만")]
    [InlineData(0.9, "< 1 ms", "1ms 미만")]
    [InlineData(38.7, "38 ms", "38ms")]
    [InlineData(1_000, "1.0 s", "1.0초")]
    [InlineData(9_999, "9.9 s", "9.9초")]
    [InlineData(59_999, "59 s", "59초")]
    [InlineData(3_723_000, "1 h 2 min", "1시간 2분")]
    public void Durations_have_a_unit_in_which_they_are_not_0(double milliseconds, string english, string korean)
    {
        var format = new DisplayFormat(new JsonStringLocalizer(), new BusinessCalendar("Asia/Seoul"));
        foreach (var (language, text) in ((string, string)[])[("en", english), ("ko", korean)])
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            format.Duration(TimeSpan.FromMilliseconds(milliseconds)).Should().Be(text);
        }
    }
}
