using System.Net;
using System.Text.RegularExpressions;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>A client with its own cookies, or none, that does not follow redirects.</summary>
internal sealed partial class TestBrowser(Uri address, bool keepsCookies = true) : IDisposable
{
    public ApiClient Client { get; } = new(
        new HttpClient(new SocketsHttpHandler { UseCookies = keepsCookies, AllowAutoRedirect = false }) { BaseAddress = address });

    public async Task LogInAsync(string email)
    {
        var token = (await Client.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;
        (await Client.PostAsync("/api/users/session", new { email, password = PlatformUnderTest.Password }, ("X-CSRF-TOKEN", token)))
            .Should(204);
    }

    /// <summary>Returns the hidden fields of a form by its name.</summary>
    public async Task<Dictionary<string, string>> OpenFormAsync(string path, string name)
    {
        var page = (await Client.GetAsync(path)).Should(200).Text;
        var form = Form().Matches(page).Select(f => f.Value).Single(f => f.Contains($"value=\"{name}\"", StringComparison.Ordinal));
        return Hidden().Matches(form).ToDictionary(
            i => Name().Match(i.Value).Groups[1].Value, i => WebUtility.HtmlDecode(Value().Match(i.Value).Groups[1].Value));
    }

    public async Task<(int Status, string Text, string? Location)> SendFormAsync(
        string path, IEnumerable<KeyValuePair<string, string>> fields)
    {
        using var content = new FormUrlEncodedContent(fields);
        using var answer = await Client.Http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            answer.Headers.Location?.OriginalString);
    }

    public void Dispose() => Client.Http.Dispose();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>")]
    private static partial Regex Hidden();

    [GeneratedRegex("name=\"([^\"]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex("value=\"([^\"]*)\"")]
    private static partial Regex Value();
}
