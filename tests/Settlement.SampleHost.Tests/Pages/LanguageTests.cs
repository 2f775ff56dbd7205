using System.Text.RegularExpressions;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

public sealed partial class LanguageTests(Chromium chromium)
{
    [Fact]
    public void All_languages_have_the_same_keys_and_placeholders()
    {
        var localizer = new JsonStringLocalizer();
        var (english, korean) = (localizer.Of(JsonStringLocalizer.English), localizer.Of(JsonStringLocalizer.Korean));

        korean.Keys.Should().BeEquivalentTo(english.Keys);
        foreach (var (key, text) in english)
            Placeholders(korean[key]).Should().Equal(Placeholders(text), "'{0}' has the same placeholders", key);
    }

    [Fact]
    public async Task A_chosen_language_overrides_Accept_Language()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await platform.RegisterAsync(lengthSeconds: 100);
        await using var visitor = await chromium.VisitAsync(platform.Address);
        var page = visitor.Page;
        await visitor.GoAsync("/videos?search=rivers");

        await page.ClickAsync("button:has-text('한국어')");
        (await visitor.TextAsync("h1")).Should().Be("동영상");
        page.Url.Should().EndWith("/videos?search=rivers", "the page stays the same");
        (await visitor.TextAsync(".video .muted")).Should().Contain("2026년 3월 10일");
        await visitor.GoAsync("/nothing");
        (await visitor.TextAsync("h1")).Should().Be("페이지를 찾을 수 없습니다");
        await page.ClickAsync("button:has-text('English')");
        (await visitor.TextAsync("h1")).Should().Be("Page not found");
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/form-data", "language=ko")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nno header\r\n")]
    [InlineData("text/plain", "")]
    public async Task Preferences_without_a_form_are_rejected(string type, string body)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        using var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);

        using var answer = await platform.Anonymous.Http.PostAsync(
            new Uri("/preferences", UriKind.Relative), content, TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).Should().Be(400);
    }

    [Fact]
    public async Task Errors_are_displayed_in_the_language_of_the_page()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address, locale: "ko-KR");
        await visitor.GoAsync("/login");

        await visitor.Page.FillAsync("#email", "nobody@example.com");
        await visitor.Page.FillAsync("#password", "not the password");
        await visitor.Page.ClickAsync("main button[type=submit]");

        (await visitor.TextAsync("[role=alert]")).Should().Contain("로그인할 수 없습니다").And.Contain("비밀번호가 맞지 않습니다");
    }

    private static IEnumerable<string> Placeholders(string text) =>
        Placeholder().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Placeholder();
}
