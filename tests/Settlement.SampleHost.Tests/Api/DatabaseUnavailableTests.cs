namespace Settlement.SampleHost.Tests.Api;

/// <summary>Responses while the database is unavailable, and after a commit whose response was lost.</summary>
public sealed class DatabaseUnavailableTests : IAsyncLifetime
{
    private static readonly object Body = new { title = "Once", lengthSeconds = 10 };

    private PlatformUnderTest? _platform;
    private FaultyDatabase? _database;

    private PlatformUnderTest Platform => _platform!;

    private FaultyDatabase Database => _database!;

    public async ValueTask InitializeAsync() =>
        _platform = await PlatformUnderTest.StartAsync(inner => _database = new FaultyDatabase(inner));

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    [Theory]
    [InlineData("en", "can't be reached")]
    [InlineData("ko", "데이터베이스")]
    public async Task Pages_and_api_return_503_with_Retry_After_while_the_database_is_unavailable(string language, string words)
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
    public async Task A_write_with_a_lost_commit_response_is_not_executed_twice_with_its_key()
    {
        var (creator, key) = (await Platform.LogInAsync("creator"), ("Idempotency-Key", "lost"));

        Database.CommitToLose = 2; // the first write is the row of the key
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(503, "may have been executed", "Check");
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(409, "unknown", "Check first");
        Database.CommitToLose = 1;
        (await creator.PostAsync("/api/videos", Body)).ShouldBeProblem(503, "may have been executed");

        (await VideosAsync(creator)).Should().Be(2, "each write was executed once");
    }

    [Fact]
    public async Task The_entry_of_the_audit_log_is_no_write_of_the_request()
    {
        var admin = await Platform.LogInAsync("admin");

        Database.WriteToFail = 2; // the first write is the entry
        (await admin.PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 15 })).ShouldBeProblem(503, "Nothing was changed");

        (await admin.GetAsync("/api/ads")).Should(200).Text.Should().NotContain("Soap");
        (await admin.GetAsync("/api/audit")).Should(200).Json.GetProperty("items")[0].GetProperty("status").GetInt32().Should().Be(503);
    }

    [Fact]
    public async Task A_failure_after_a_commit_is_reported_as_an_unknown_outcome()
    {
        var (creator, key) = (await Platform.LogInAsync("creator"), ("Idempotency-Key", "after"));

        // The video is written and then read for the response. Reads of the login come before, so reads fail from the commit on.
        Database.OnCommitted = () => Database.IsReadUnavailable = true;
        (await creator.PostAsync("/api/videos", Body)).ShouldBeProblem(503, "may have been executed");
        (Database.OnCommitted, Database.IsReadUnavailable) = (null, false);
        var writes = 0;
        Database.OnCommitted = () => Database.IsReadUnavailable = ++writes == 2;
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(503, "may have been executed");
        (Database.OnCommitted, Database.IsReadUnavailable) = (null, false);
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(409, "unknown");

        (await VideosAsync(creator)).Should().Be(2);
    }

    [Fact]
    public async Task A_write_that_failed_before_its_commit_is_executed_with_the_same_key()
    {
        var (creator, key) = (await Platform.LogInAsync("creator"), ("Idempotency-Key", "before"));

        Database.WriteToFail = 2;
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(503, "Nothing was changed");

        (await creator.PostAsync("/api/videos", Body, key)).Should(201);
        (await VideosAsync(creator)).Should().Be(1);
    }

    [Fact]
    public async Task The_outcome_is_unknown_if_the_response_was_not_stored()
    {
        var (creator, key) = (await Platform.LogInAsync("creator"), ("Idempotency-Key", "crash"));

        // The write succeeds and storing the response fails. The first caller still receives the response.
        Database.WriteToFail = 3;
        (await creator.PostAsync("/api/videos", Body, key)).Should(201);
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(409, "in progress");
        Platform.Clock.Advance(TimeSpan.FromMinutes(2));
        (await creator.PostAsync("/api/videos", Body, key)).ShouldBeProblem(409, "unknown");

        (await VideosAsync(creator)).Should().Be(1);
    }

    private static async Task<int> VideosAsync(ApiClient creator) =>
        (await creator.GetAsync("/api/videos/own")).Should(200).Json.GetProperty("items").GetArrayLength();
}
