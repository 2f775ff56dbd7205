using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Tests.Api;

public sealed class SessionOriginTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        "Chrome, Windows")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge, Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1",
        "Safari, iOS")]
    [InlineData("Mozilla/5.0 (Linux; Android 15; SM-S921) AppleWebKit/537 SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537",
        "Samsung Internet, Android")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux")]
    [InlineData("curl/8.14.1", "curl")]
    [InlineData("", "")]
    [InlineData("a\u202Eb c", "ab")]
    public void A_client_is_described_by_browser_and_system_or_by_its_first_product(string userAgent, string expected) =>
        SessionOrigin.Describe(userAgent).Should().Be(expected);

    [Fact]
    public void A_description_is_limited_in_length() => SessionOrigin.Describe(new string('a', 5_000)).Should().HaveLength(100);
}
