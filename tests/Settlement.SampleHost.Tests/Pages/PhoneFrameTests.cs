using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Users;

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

    /// <summary>Whether the name is cut, and whether the brand, the name and the button are one line without overlaps.</summary>
    private const string Header = """
        (() => {
          const [brand, name, button] = ['.brand', '.who a[href="/account"]', '.who button'].map(s => document.querySelector(s));
          const middle = element => Math.round(element.getBoundingClientRect().top + element.getBoundingClientRect().height / 2);
          return {
            isCut: name.scrollWidth > name.clientWidth,
            isInside: button.getBoundingClientRect().right <= innerWidth && brand.getBoundingClientRect().left >= 0
              && brand.getBoundingClientRect().right <= document.querySelector('.who').getBoundingClientRect().left,
            isOneLine: Math.abs(middle(brand) - middle(button)) < 2 && Math.abs(middle(name) - middle(button)) < 2,
          };
        })()
        """;

    /// <summary>Whether exactly those edges of the tabs fade out beyond which there are more.</summary>
    private const string EdgesFade = """
        () => {
          const tabs = document.querySelector('.tabs'), style = getComputedStyle(tabs), hidden = tabs.scrollWidth - tabs.clientWidth;
          const fades = name => parseFloat(style.getPropertyValue(name)) > 1;
          return style.maskImage.includes('gradient') && fades('--fade-start') === (tabs.scrollLeft > 1)
            && fades('--fade-end') === (tabs.scrollLeft < hidden - 1);
        }
        """;

    /// <summary>The visible width of the tabs beside the current one, where there are such; at most 24.</summary>
    private const string BesideCurrent = """
        (() => {
          const current = document.querySelector('.tabs [aria-current]'), box = document.querySelector('.tabs').getBoundingClientRect();
          return [current.previousElementSibling, current.nextElementSibling].filter(tab => tab).map(tab => {
            const at = tab.getBoundingClientRect();
            return Math.min(24, at.right - box.left, box.right - at.left);
          });
        })()
        """;

    [Theory]
    [InlineData("en-US", "Demo admin", false)]
    [InlineData("ko-KR", "데모 관리자", false)]
    [InlineData("en-US", "Maximilian Featherstonehaugh of the Western Rivers Film Club", true)]
    public async Task The_name_of_an_account_is_whole_unless_it_is_really_long(string locale, string name, bool isCut)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await using (var scope = platform.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<Accounts>().SignUpAsync(
                "named@example.com", PlatformUnderTest.Password, name);
        }

        foreach (var width in (int[])[360, 390])
        {
            await using var visitor = await chromium.VisitAsync(platform.Address, width: width, locale: locale);
            await visitor.LogInAsync("named@example.com");

            var header = (await visitor.Page.EvaluateAsync(Header))!.Value;

            header.GetProperty("isCut").GetBoolean().Should().Be(isCut);
            header.GetProperty("isInside").GetBoolean().Should().BeTrue("nothing overlaps or leaves the page");
            header.GetProperty("isOneLine").GetBoolean().Should().BeTrue("the brand, the name and the button are one line");
            (await visitor.Page.GetAttributeAsync(".who a[href='/account']", "title")).Should().Be(name, "a cut name can be read");
        }
    }

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

    [Theory]
    [InlineData(390, ReducedMotion.NoPreference)]
    [InlineData(390, ReducedMotion.Reduce)]
    [InlineData(1_280, ReducedMotion.NoPreference)]
    public async Task Tabs_fade_out_at_an_edge_beyond_which_there_are_more(int width, ReducedMotion motion)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address, width: width);
        await visitor.LogInAsync((await platform.LogInAsync("admin")).Email);
        await visitor.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ReducedMotion = motion });

        foreach (var path in (string[])["/admin/users", "/admin/instances", "/admin/rates", "/admin/corrections", "/admin/audit"])
        {
            await visitor.GoAsync(path);
            await visitor.Page.WaitForFunctionAsync(EdgesFade);
            (await visitor.Page.EvaluateAsync<double[]>(BesideCurrent)).Should().OnlyContain(
                px => px >= 24, "the tabs beside that of {0} are seen", path);
        }

        (await visitor.Page.EvaluateAsync<bool>("document.querySelector('.tabs').scrollLeft > 0")).Should().Be(width < 400);
    }
}
