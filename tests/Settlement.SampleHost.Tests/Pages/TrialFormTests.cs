using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The form of rates: why its gate refuses them.</summary>
public sealed class TrialFormTests(Chromium chromium)
{
    [Theory]
    [InlineData("en-US", "The new rates priced no usage of 10 Mar 2026")]
    [InlineData("ko-KR", "2026년 3월 10일에는 새 요율로 계산된 이용량이 없어")]
    public async Task The_gate_says_in_the_language_of_the_page_that_no_usage_was_priced(string locale, string reason)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        await using var admin = await chromium.VisitAsync(platform.Address, locale: locale);
        await admin.LogInAsync((await platform.LogInAsync("admin")).Email);

        await admin.GoAsync("/admin/rates?meter=ad.view&upto=&price=12&do=calculate&period=day&date=2026-03-10");

        (await admin.Page.Locator("#gate li").AllInnerTextsAsync()).Should().ContainSingle().Which.Should().StartWith(reason);
        (await admin.Page.Locator("#gate [lang]").CountAsync()).Should().Be(0);
    }
}
