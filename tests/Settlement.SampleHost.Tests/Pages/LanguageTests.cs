using System.Text.RegularExpressions;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

public sealed partial class LanguageTests(Chromium chromium)
{
    [Fact]
    public void Every_language_has_every_word_with_the_same_places_for_values()
    {
        var words = new JsonStringLocalizer();
        var (english, korean) = (words.Of(JsonStringLocalizer.English), words.Of(JsonStringLocalizer.Korean));

        korean.Keys.Should().BeEquivalentTo(english.Keys);
        foreach (var (key, text) in english)
            Places(korean[key]).Should().Equal(Places(text), "'{0}' is filled with the same values", key);
    }

    [Fact]
    public async Task A_language_that_was_chosen_is_remembered_whatever_the_browser_asks_for()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await platform.RegisterAsync(lengthSeconds: 100);
        await using var visitor = await chromium.VisitAsync(platform.Address);
        var page = visitor.Page;
        await visitor.GoAsync("/videos?search=rivers");

        await page.ClickAsync("button:has-text('한국어')");
        (await visitor.TextAsync("h1")).Should().Be("동영상");
        page.Url.Should().EndWith("/videos?search=rivers", "one stays where one is");
        (await visitor.TextAsync(".video .muted")).Should().Contain("2026년 3월 10일");
        await visitor.GoAsync("/nothing");
        (await visitor.TextAsync("h1")).Should().Be("페이지가 없습니다");
        await page.ClickAsync("button:has-text('English')");
        (await visitor.TextAsync("h1")).Should().Be("There is no such page");
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/form-data", "language=ko")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nno header\r\n")]
    [InlineData("text/plain", "")]
    public async Task Preferences_that_are_no_form_are_refused(string type, string body)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        using var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);

        using var answer = await platform.Anonymous.Http.PostAsync(new Uri("/preferences", UriKind.Relative), content, TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).Should().Be(400);
    }

    [Fact]
    public async Task What_is_wrong_is_said_in_the_language_of_the_page()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address, locale: "ko-KR");
        await visitor.GoAsync("/login");

        await visitor.Page.FillAsync("#email", "nobody@example.com");
        await visitor.Page.FillAsync("#password", "not the password");
        await visitor.Page.ClickAsync("main button[type=submit]");

        (await visitor.TextAsync("[role=alert]")).Should().Contain("로그인할 수 없습니다").And.Contain("비밀번호가 맞지 않습니다");
    }

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
