using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Tests.Pages;

namespace Settlement.SampleHost.Tests.Uploads;

/// <summary>Who can find, read and play a video, by its visibility: pages, API, files and rankings.</summary>
public abstract class VisibilityContract(UploadHost host)
{
    private PlatformUnderTest Platform => host.Platform;

    [Fact]
    public async Task A_video_is_found_listed_and_played_by_its_visibility_only()
    {
        var (owner, admin) = (await Platform.LogInAsync("creator"), await Platform.LogInAsync("admin"));
        var (viewer, other) = (await Platform.LogInAsync(), await Platform.LogInAsync("creator"));
        (string Name, ApiClient Client)[] strangers = [("anonymous", Platform.Anonymous), ("viewer", viewer), ("creator", other)];
        var source = await owner.AddFileAsync(SampleFiles.WebM, "video/webm");
        var thumbnail = await owner.AddFileAsync(SampleFiles.Png, "image/png");
        var (title, description) = ($"Secret {owner.UserId}", "First line.\r\n<b>Second</b>");
        var draft = new { title, lengthSeconds = 6, source, thumbnail, description };
        var made = (await owner.PostAsync("/api/videos", draft)).Should(201);
        var (path, id) = (made.Headers["Location"], made.Json.GetProperty("videoId").GetString()!);
        made.Json.GetProperty("visibility").GetString().Should().Be("public", "it is the default");
        made.Json.GetProperty("description").GetString().Should().Be("First line.\n<b>Second</b>");

        foreach (var visibility in (string[])["public", "unlisted", "private", "public"])
        {
            var edited = (await owner.SendAsync(HttpMethod.Put, path, new { title, lengthSeconds = 6, source, visibility })).Should(200);
            edited.Json.GetProperty("description").GetString().Should().StartWith("First line", "a missing property stays");
            var (isListed, isFound) = (visibility == "public", visibility != "private");
            foreach (var (name, client) in strangers)
            {
                (await StatusesAsync(client)).Should().AllBeEquivalentTo(isFound ? 200 : 404, "{0} reads a {1} video", name, visibility);
                (await IsListedAsync(client)).Should().Be(isListed, "{0} lists a {1} video", name, visibility);
                (await client.PostAsync($"{path}/plays", new { })).Should(isFound ? 201 : 404);
                (await client.SendAsync(HttpMethod.Put, path, new { title = "Mine", lengthSeconds = 6 }))
                    .Status.Should().Be(name == "anonymous" ? 401 : isFound ? 403 : 404);
            }

            (await other.GetAsync($"/settlement/video/{id}")).Should(200).Text.Contains(title, StringComparison.Ordinal).Should()
                .Be(isFound, "another creator has no lines of it, but the page has its title");
            (await owner.GetAsync($"/settlement/video/{id}")).Should(200).Text.Should().Contain(title);
            foreach (var client in (ApiClient[])[owner, admin])
            {
                (await StatusesAsync(client)).Should().AllBeEquivalentTo(200);
                (await client.PostAsync($"{path}/plays", new { })).Should(201);
                (await IsListedAsync(client)).Should().Be(isListed, "lists are of public videos for everybody");
            }

            (await owner.GetAsync("/api/videos/own")).Text.Should().Contain(id);
        }

        foreach (var (invalid, words) in ((object, string)[])
            [
                (new { title, lengthSeconds = 6, visibility = 7 }, "visibility"),
                (new { title, lengthSeconds = 6, visibility = "secret" }, "visibility"),
                (new { title, lengthSeconds = 6, description = "A\u202Eline" }, "description"),
                (new { title, lengthSeconds = 6, description = new string('x', 5_001) }, "5000"),
            ])
        {
            (await owner.PostAsync("/api/videos", invalid)).ShouldBeProblem(400, words);
        }

        async Task<int[]> StatusesAsync(ApiClient client) =>
        [
            (await client.GetAsync(path)).Status, (await client.GetAsync($"/watch/{id}")).Status, (await client.GetAsync(source)).Status,
            (await client.GetAsync(thumbnail)).Status,
        ];

        async Task<bool> IsListedAsync(ApiClient client)
        {
            var found = new List<bool>();
            var search = $"?search={owner.UserId}";
            foreach (var list in (string[])["/", "/videos", $"/videos{search}", "/api/videos", $"/api/videos{search}"])
                found.Add((await client.GetAsync(list)).Should(200).Text.Contains($"{id}\"", StringComparison.Ordinal));
            found.Distinct().Should().ContainSingle();
            return found[0];
        }
    }

    [Fact]
    public async Task Rankings_have_public_videos_only_and_those_of_the_owner_all()
    {
        var owner = await Platform.LogInAsync("creator");
        var ids = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            ids.Add((await owner.PostAsync("/api/videos", new { title = $"Rank {n}", lengthSeconds = 100 })).Should(201)
                .Json.GetProperty("videoId").GetString()!);
            for (var views = 0; views < 3 - n; views++)
                await Platform.ViewAsync(await Platform.LogInAsync(), ids[n]);
        }

        await Platform.CloseDayAsync();
        var day = $"period=day&date={Platform.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(9)).AddDays(-1):yyyy-MM-dd}";
        (await TopAsync(Platform.Anonymous, "")).Should().Equal(ids);
        await owner.AuthorizeAsync(PlatformUnderTest.Password);
        foreach (var (n, visibility) in ((int, string)[])[(0, "private"), (1, "unlisted")])
        {
            (await owner.SendAsync(HttpMethod.Put, $"/api/videos/{ids[n]}", new { title = $"Rank {n}", lengthSeconds = 100, visibility }))
                .Should(200);
        }

        (await TopAsync(Platform.Anonymous, "", count: 1)).Should().Equal(ids[2]);
        (await TopAsync(owner, "")).Should().Equal(ids[2]);
        (await TopAsync(owner, "/own")).Should().Equal(ids);
        var home = (await Platform.Anonymous.GetAsync($"/?{day}")).Should(200).Text;
        home.Should().Contain(ids[2]).And.NotContain(ids[0]).And.NotContain(ids[1]);

        async Task<IEnumerable<string>> TopAsync(ApiClient client, string own, int count = 5)
        {
            var answer = (await client.GetAsync($"/api/statistics/top{own}?by=views&count={count}&{day}")).Should(200);
            var top = answer.Json.GetProperty("videos");
            top.EnumerateArray().Select(v => v.GetProperty("rank").GetInt32()).Should().Equal(Enumerable.Range(1, top.GetArrayLength()));
            return [.. top.EnumerateArray().Select(v => v.GetProperty("videoId").GetString()!).Where(ids.Contains)];
        }
    }
}

public sealed class SqliteVisibilityTests(SqliteUploadHost host) : VisibilityContract(host), IClassFixture<SqliteUploadHost>;

public sealed class MySqlVisibilityTests(MySqlUploadHost host) : VisibilityContract(host), IClassFixture<MySqlUploadHost>;
