using Settlement.SampleHost.Content;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Content;

public abstract class CatalogueContract
{
    private protected abstract Task<PlatformUnderTest> StartAsync();

    [Fact]
    public async Task Only_its_owner_can_change_and_delete_a_video()
    {
        await using var platform = await StartAsync();
        var (creator, stranger) = (await platform.LogInAsync("creator"), await platform.LogInAsync("creator"));

        var made = (await creator.PostAsync(
            "/api/videos", new { title = " First ", lengthSeconds = 601.5, source = "https://media.example/a.mp4" })).Should(201);
        var path = made.Headers["Location"];
        (await stranger.SendAsync(HttpMethod.Put, path, new { title = "Mine", lengthSeconds = 10 })).ShouldBeProblem(403, "owner");
        (await stranger.SendAsync(HttpMethod.Delete, path)).ShouldBeProblem(403);
        var edited = (await creator.SendAsync(HttpMethod.Put, path, new { title = "Second", lengthSeconds = 301 })).Should(200);
        var found = (await platform.Anonymous.GetAsync(path)).Should(200).Json;
        (await creator.SendAsync(HttpMethod.Delete, path)).Should(204);

        made.Json.GetProperty("title").GetString().Should().Be("First");
        made.Json.GetProperty("lengthSeconds").GetDecimal().Should().Be(601.5m);
        edited.Json.GetProperty("title").GetString().Should().Be("Second");
        found.GetProperty("placements").GetArrayLength().Should().Be(1);
        (await platform.Anonymous.GetAsync(path)).ShouldBeProblem(404);
        (await platform.Anonymous.PostAsync($"{path}/plays", new { })).ShouldBeProblem(404);
        (await creator.SendAsync(HttpMethod.Delete, path)).ShouldBeProblem(404);
    }

    [Fact]
    public async Task Placements_keep_their_items_and_ads_when_the_length_changes()
    {
        await using var platform = await StartAsync();
        var (admin, creator) = (await platform.LogInAsync("admin"), await platform.LogInAsync("creator"));
        var video = (await creator.PostAsync("/api/videos", new { title = "V", lengthSeconds = 1_000 })).Headers["Location"];
        var before = await AdsAsync();
        var ads = new List<string>();
        foreach (var title in (string[])["Soap", "Tea"])
            ads.Add((await admin.PostAsync("/api/ads", new { title, lengthSeconds = 15 })).Should(201).Json.GetProperty("adId")
                .GetString()!);
        var filled = await AdsAsync();
        await creator.SendAsync(HttpMethod.Put, video, new { title = "V", lengthSeconds = 1_600 });
        var longer = await AdsAsync();
        await creator.SendAsync(HttpMethod.Put, video, new { title = "V", lengthSeconds = 700 });
        var shorter = await AdsAsync();
        (await admin.SendAsync(HttpMethod.Delete, $"/api/ads/{ads[0]}")).Should(204);
        var reassigned = await AdsAsync();

        var id = video.Split('/')[^1];
        before.Should().Equal(($"{id}/ad-1", null), ($"{id}/ad-2", null), ($"{id}/ad-3", null));
        filled.Select(p => p.Ad).Should().Equal(ads[0], ads[0], ads[0]);
        longer.Select(p => p.Ad).Should().Equal(ads[0], ads[0], ads[0], ads[1], ads[1]);
        shorter.Should().Equal(($"{id}/ad-1", ads[0]), ($"{id}/ad-2", ads[0]));
        reassigned.Select(p => p.Ad).Should().Equal(ads[1], ads[1]);
        (await admin.SendAsync(HttpMethod.Delete, $"/api/ads/{ads[0]}")).ShouldBeProblem(404);
        (await admin.GetAsync("/api/ads")).Json.GetProperty("items").EnumerateArray().Single().GetProperty("placementCount").GetInt32()
            .Should().Be(2);

        async Task<List<(string Item, string? Ad)>> AdsAsync() =>
            [.. (await platform.Anonymous.GetAsync(video)).Json.GetProperty("placements").EnumerateArray()
            .Select(p => (p.GetProperty("itemId").GetString()!, p.TryGetProperty("adId", out var ad) ? ad.GetString() : null))];
    }

    [Fact]
    public async Task Videos_are_listed_newest_first_and_found_by_title()
    {
        await using var platform = await StartAsync();
        var creator = await platform.LogInAsync("creator");
        foreach (var title in (string[])["100% wool", "100 sheep", "A_b", "Aab", "Last"])
            (await creator.PostAsync("/api/videos", new { title, lengthSeconds = 10 })).Should(201);

        var titles = new List<string>();
        for (string? after = "", path = "/api/videos?count=2"; after is not null; path = $"/api/videos?count=2&after={after}")
        {
            var page = (await platform.Anonymous.GetAsync(path)).Should(200).Json;
            titles.AddRange(page.GetProperty("items").EnumerateArray().Select(v => v.GetProperty("title").GetString()!));
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        titles.Should().HaveCount(5).And.OnlyHaveUniqueItems();
        (await TitlesAsync("100%25")).Should().Equal("100% wool");
        (await TitlesAsync("a_B")).Should().Equal("A_b");
        (await TitlesAsync("user")).Should().HaveCount(5, "the name of the channel is searched as well");
        (await platform.Anonymous.GetAsync("/api/videos?after=x")).ShouldBeProblem(400, "next");

        async Task<IEnumerable<string?>> TitlesAsync(string search) =>
            (await platform.Anonymous.GetAsync($"/api/videos?search={search}")).Json
            .GetProperty("items").EnumerateArray().Select(v => v.GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_concurrently_deleted_video_is_not_changed_and_gets_no_placements()
    {
        await using var platform = await StartAsync();
        (await (await platform.LogInAsync("admin")).PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 15 })).Should(201);
        var creator = await platform.LogInAsync("creator");
        var path = (await creator.PostAsync("/api/videos", new { title = "V", lengthSeconds = 1_000 })).Should(201).Headers["Location"];
        (await creator.SendAsync(HttpMethod.Delete, path)).Should(204);
        var (videos, videoId) = (platform.Service<VideoTable>(), path.Split('/')[^1]);

        (await videos.TryUpdateAsync(videoId, creator.UserId, new VideoValues("W", 2_000_000, null), CancellationToken.None))
            .Should().BeFalse();

        (await videos.ListPlacementsAsync(videoId, CancellationToken.None)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("", 10, null, "title")]
    [InlineData("V", 0, null, "length")]
    [InlineData("V", 86_401, null, "length")]
    [InlineData("V", 10, "javascript:alert(1)", "source")]
    [InlineData("V", 10, "//elsewhere.example/x", "source")]
    [InlineData("V", 10, "media/x.mp4", "source")]
    [InlineData("V", 10, "HTTP://media.example/x.mp4", "https://")]
    public async Task Invalid_videos_are_rejected_with_the_reason(string title, int lengthSeconds, string? source, string words)
    {
        await using var platform = await StartAsync();
        var creator = await platform.LogInAsync("creator");

        (await creator.PostAsync("/api/videos", new { title, lengthSeconds, source })).ShouldBeProblem(400, words);
    }
}

public sealed class SqliteCatalogueTests : CatalogueContract
{
    private protected override Task<PlatformUnderTest> StartAsync() => PlatformUnderTest.StartAsync();
}

public sealed class MySqlCatalogueTests(MySqlForApi server) : CatalogueContract
{
    private protected override async Task<PlatformUnderTest> StartAsync() => await PlatformUnderTest.StartAsync(await server.CreateAsync());
}
