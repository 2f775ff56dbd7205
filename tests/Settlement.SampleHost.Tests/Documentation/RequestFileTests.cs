using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Settlement.SampleHost.Notifications;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Tests.Pages;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>
/// Executes the example requests of the API, <c>Requests/platform.http</c>, as an editor does: in order, with its variables.
/// </summary>
public sealed partial class RequestFileTests
{
    /// <summary>Noon in Seoul on the day before the one that the file closes.</summary>
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 12, 0, 0, TimeSpan.FromHours(9));

    [Fact]
    public async Task All_example_requests_succeed_on_the_demo()
    {
        using var mails = new MailFolder();
        await using var platform = await PlatformUnderTest.StartAsync(settings: mails.Setting);
        platform.Clock.Advance(Start - platform.Clock.GetUtcNow());
        await PrepareAsync(platform);
        var file = (await platform.Anonymous.GetAsync("/api-examples.http")).Should(200).Text;
        file.Should().Contain($"@host = {platform.Address.ToString().TrimEnd('/')}");
        var answers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = platform.Address };
        var failed = new List<string>();
        var requests = Requests(file).ToList();

        foreach (var (title, name, method, address, headers, body) in requests)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), Fill(address, answers, file));
            if (body.StartsWith("< ", StringComparison.Ordinal))
            {
                request.Content = new ByteArrayContent(
                    await File.ReadAllBytesAsync(Repository.PathOf($"samples/Settlement.SampleHost/Requests/{body[2..]}")));
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(headers.Single(h => h.Name == "Content-Type").Value);
            }
            else if (body.Length > 0)
                request.Content = new StringContent(
                    Fill(body, answers, file), Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
            foreach (var (header, value) in headers.Where(h => h.Name != "Content-Type"))
                request.Headers.TryAddWithoutValidation(header, Fill(value, answers, file));
            using var answer = await platform.WhileAdvancingClockAsync(http.SendAsync(request, TestContext.Current.CancellationToken));
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var status = (int)answer.StatusCode;

            // The title states the status of a request that is expected to fail.
            if (status >= 400 && !title.Contains($"{status}", StringComparison.Ordinal))
                failed.Add($"{title}: {method} {address} {status} {text}");
            if (name is not null)
                answers[name] = JsonDocument.Parse(text).RootElement;
        }

        failed.Should().BeEmpty();
        requests.Should().HaveCountGreaterThan(30);
    }

    /// <summary>Creates what the demo has: its accounts, and a closed day with earnings of the creator.</summary>
    private static async Task PrepareAsync(PlatformUnderTest platform)
    {
        string creatorId;
        await using (var scope = platform.Services.CreateAsyncScope())
        {
            var accounts = scope.ServiceProvider.GetRequiredService<Accounts>();
            var nobody = new Caller(null, null, "test", IsCreator: false, IsAdmin: true);
            creatorId = (await accounts.SignUpAsync("creator@example.com", DemoData.PlatformSeed.Password, "SciShow")).UserId;
            await accounts.SetRolesAsync(nobody, creatorId, [Roles.Viewer, Roles.Creator], CancellationToken.None);
            foreach (var (email, name) in new[] { ("admin@example.com", "Demo admin"), ("admin2@example.com", "Second admin") })
            {
                var admin = await accounts.SignUpAsync(email, DemoData.PlatformSeed.Password, name);
                await accounts.SetRolesAsync(nobody, admin.UserId, [Roles.Viewer, Roles.Admin], CancellationToken.None);
            }
        }

        var creator = new ApiClient(new HttpClient { BaseAddress = platform.Address }) { Email = "creator@example.com" };
        await creator.AuthorizeAsync(DemoData.PlatformSeed.Password);
        var video = (await creator.PostAsync("/api/videos", new { title = "Rivers of Korea", lengthSeconds = 100 })).Should(201).Json;
        await platform.ViewAsync(await platform.LogInAsync(), video.GetProperty("videoId").GetString()!);
        await platform.CloseDayAsync();
        await platform.Service<AmountNotices>().CatchUpAsync(isStart: false, TestContext.Current.CancellationToken);
        platform.Clock.Advance(TimeSpan.FromDays(1));
    }

    private static IEnumerable<(string Title, string? Name, string Method, string Address, List<(string Name, string Value)> Headers, string Body)>
        Requests(string file)
    {
        foreach (var block in Regex.Split(file, "^###", RegexOptions.Multiline).Skip(1))
        {
            var lines = block.ReplaceLineEndings("\n").Split('\n');
            var name = lines.FirstOrDefault(l => l.StartsWith("# @name ", StringComparison.Ordinal))?["# @name ".Length..].Trim();
            var rest = lines.Skip(1).SkipWhile(l => l.StartsWith('#')).ToList();
            var first = rest[0].Split(' ', 2);
            var headers = rest.Skip(1).TakeWhile(l => l.Length > 0).Select(l => l.Split(": ", 2)).Select(h => (h[0], h[1])).ToList();
            yield return (lines[0].Trim(), name, first[0], first[1], headers, string.Join('\n', rest.Skip(1 + headers.Count)).Trim());
        }
    }

    /// <summary>Replaces the variables of a text: the host, a new GUID, and values of previous responses.</summary>
    private static string Fill(string text, Dictionary<string, JsonElement> answers, string file) => Variable().Replace(text, match =>
    {
        var name = match.Groups[1].Value;
        if (name == "$guid")
            return Guid.NewGuid().ToString();
        if (!name.Contains(".response.body.$", StringComparison.Ordinal))
            return Regex.Match(file, $"^@{name} = (.*)$", RegexOptions.Multiline).Groups[1].Value.Trim();
        var (request, path) = (name.Split(".response.body.$")[0], name.Split(".response.body.$")[1]);
        var value = answers[request];
        foreach (Match part in PathPart().Matches(path))
        {
            value = part.Groups[2].Success
                ? value[int.Parse(part.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture)]
                : value.GetProperty(part.Groups[1].Value);
        }

        return value.ToString();
    });

    [GeneratedRegex(@"\{\{([^}]+)\}\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\.(\w+)|\[(\d+)\]")]
    private static partial Regex PathPart();
}
