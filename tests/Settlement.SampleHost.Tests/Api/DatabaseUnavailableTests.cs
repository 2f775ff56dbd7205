namespace Settlement.SampleHost.Tests.Api;

/// <summary>What is said while the database is away, and after a commit whose answer was lost.</summary>
public sealed class DatabaseUnavailableTests : IAsyncLifetime
{
    private static readonly object Body = new { title = "Once", lengthSeconds = 10 };

    private PlatformUnderTest? _platform;
    private FaultyDatabase? _database;

    private PlatformUnderTest Platform => _platform!;

    private FaultyDatabase Database => _database!;

    public async ValueTask InitializeAsync() => _platform = await PlatformUnderTest.StartAsync(inner => _database = new FaultyDatabase(inner));

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    [Theory]
    [InlineData("en", "can't be reached")]
    [InlineData("ko", "데이터베이스")]
    public async Task Pages_and_the_api_say_that_the_database_is_away_and_when_to_come_back(string language, string words)
    {
        Platform.Anonymous.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        (await Platform.Anonymous.GetAsync("/videos")).Should(200);
        Database.IsUnavailable = true;

        foreach (var path in (string[])["/", "/videos", "/watch/x"])
        {
            var page = await Platform.Anonymous.GetAsync(path);
            System.Net.WebUtility.HtmlDecode(page.Should(503).Text).Should().Contain(words);
            page.Headers.Should().ContainKey("Retry-After");
        }

        var answer = await Platform.Anonymous.GetAsync("/api/videos");
        answer.ShouldBeProblem(503, "Nothing was changed");
        answer.Headers.Should().ContainKey("Retry-After");
        Database.IsUnavailable = false;
        (await Platform.Anonymous.GetAsync("/videos")).Should(200);
    }

    [Fact]
    public async Task A_write_whose_commit_was_not_answered_may_be_done_and_its_key_does_it_no_second_time()
    {
        var (creator, key) = (await Platform.LogInAsync("creator"), ("Idempotency-Key", "lost"));

        Database.CommitToLose = 2; // the first write is the key's own
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(503, "may have been done", "Look");
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(409, "not known", "Look first");
        Database.CommitToLose = 1;
        (await creator.PostAsync("/api/videos", Body)).ShouldBeProblem(503, "may have been done");

        (await VideosAsync(creator)).Should().Be(2, "each was done once");
    }

    [Fact]
    public async Task A_failure_after_a_write_is_not_said_to_have_changed_nothing()
    {
        var (creator, key) = (await Platform.LogInAsync("creator"), ("Idempotency-Key", "after"));

        // The video is written, then read to be shown. Logins are read before, so the reads go away in the write itself.
        Database.OnCommitted = () => Database.IsReadUnavailable = true;
        (await creator.PostAsync("/api/videos", Body)).ShouldBeProblem(503, "may have been done");
        (Database.OnCommitted, Database.IsReadUnavailable) = (null, false);
        var writes = 0;
        Database.OnCommitted = () => Database.IsReadUnavailable = ++writes == 2;
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(503, "may have been done");
        (Database.OnCommitted, Database.IsReadUnavailable) = (null, false);
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(409, "not known");

        (await VideosAsync(creator)).Should().Be(2);
    }

    [Fact]
    public async Task A_write_that_failed_before_anything_was_written_is_done_with_the_same_key()
    {
        var (creator, key) = (await Platform.LogInAsync("creator"), ("Idempotency-Key", "before"));

        Database.WriteToFail = 2;
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(503, "Nothing was changed");

        (await creator.PostAsync("/api/videos", Body, key)).Should(201);
        (await VideosAsync(creator)).Should().Be(1);
    }

    [Fact]
    public async Task The_answer_of_a_host_that_ended_before_it_was_kept_is_not_known()
    {
        var (creator, key) = (await Platform.LogInAsync("creator"), ("Idempotency-Key", "crash"));

        // Written; the keeping of the answer fails. The first caller learns what came of it.
        Database.WriteToFail = 3;
        (await creator.PostAsync("/api/videos", Body, key)).Should(201);
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(409, "under way");
        Platform.Clock.Advance(TimeSpan.FromMinutes(2));
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(409, "not known");

        (await VideosAsync(creator)).Should().Be(1);
    }

    private static async Task<int> VideosAsync(ApiClient creator) =>
        (await creator.GetAsync("/api/videos/own")).Should(200).Json.GetProperty("items").GetArrayLength();
}
