using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Uploads;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>The sample host in the test process, on a free loopback port, with a fake clock.</summary>
internal sealed class PlatformUnderTest : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    /// <summary>The start of the clock: noon in Seoul, a Tuesday.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.FromHours(9));

    /// <summary>Disables the schedule, and allows for slow probes on a busy machine.</summary>
    private static readonly (string Key, string Value)[] DefaultSettings =
        [("Schedule:Enabled", "false"), ("Schedule:StartDelay", "00:00:00"), ("Routing:ProbeTimeout", "00:00:30")];

    private const string UploadFolderSetting = $"{UploadOptions.Section}:{nameof(UploadOptions.Folder)}";

    private readonly string? _folder;
    private readonly WebApplication _app;
    private int _accounts;
    private bool _isStopped;

    private PlatformUnderTest(WebApplication app, FakeTimeProvider clock, (string Name, string Connection) store, string? folder)
    {
        _app = app;
        Clock = clock;
        Store = store;
        _folder = folder;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Anonymous = new ApiClient(new HttpClient { BaseAddress = Address });
    }

    public FakeTimeProvider Clock { get; }

    /// <summary>The store's name and its connection string.</summary>
    public (string Name, string Connection) Store { get; }

    /// <summary>The connection string of the SQLite file created by this instance.</summary>
    public string ConnectionString => $"Data Source={Path.Combine(_folder!, "platform.db")}";

    /// <summary>The folder of uploaded files; another instance has the same.</summary>
    public required string UploadFolder { get; init; }

    private bool IsFirst { get; init; }

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>An anonymous client.</summary>
    public ApiClient Anonymous { get; }

    /// <summary>Starts a host with a decorated database.</summary>
    /// <param name="decorate">Decorates the database.</param>
    public static async Task<PlatformUnderTest> StartAsync(Func<PlatformDatabase, PlatformDatabase> decorate)
    {
        var folder = Directory.CreateTempSubdirectory("settlement-").FullName;
        return await StartAsync(
            (PlatformStore.Sqlite, $"Data Source={Path.Combine(folder, "platform.db")}"), new FakeTimeProvider(Noon), folder, [], decorate);
    }

    /// <summary>Starts a host.</summary>
    /// <param name="mySql">The connection string of a database; null for a new SQLite file.</param>
    /// <param name="settings">Further configuration.</param>
    public static async Task<PlatformUnderTest> StartAsync(string? mySql = null, params (string Key, string Value)[] settings)
    {
        var folder = mySql is null ? Directory.CreateTempSubdirectory("settlement-").FullName : null;
        var store = mySql is null
            ? (PlatformStore.Sqlite, $"Data Source={Path.Combine(folder!, "platform.db")}")
            : (PlatformStore.MySql, mySql);
        return await StartAsync(store, new FakeTimeProvider(Noon), folder, settings);
    }

    /// <summary>Starts a host with replaced services.</summary>
    public static async Task<PlatformUnderTest> StartAsync(
        Action<IServiceCollection>? configure, string? mySql, params (string Key, string Value)[] settings)
    {
        var folder = mySql is null ? Directory.CreateTempSubdirectory("settlement-").FullName : null;
        var store = mySql is null
            ? (PlatformStore.Sqlite, $"Data Source={Path.Combine(folder!, "platform.db")}")
            : (PlatformStore.MySql, mySql);
        return await StartAsync(store, new FakeTimeProvider(Noon), folder, settings, configure: configure);
    }

    /// <summary>Starts a host on a database of other processes, at an instant of their clock.</summary>
    public static Task<PlatformUnderTest> StartAtAsync(
        DateTimeOffset now, string mySql, params (string Key, string Value)[] settings) =>
        StartAsync((PlatformStore.MySql, mySql), new FakeTimeProvider(now), folder: null, settings);

    /// <summary>Starts a host at the current time, which external providers and their cookies need.</summary>
    public static async Task<PlatformUnderTest> StartAsync(bool isRealTime, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("settlement-").FullName;
        return await StartAsync(
            (PlatformStore.Sqlite, $"Data Source={Path.Combine(folder, "platform.db")}"),
            new FakeTimeProvider(isRealTime ? TimeProvider.System.GetUtcNow() : Noon), folder, settings);
    }

    /// <summary>Starts another instance with the same database and clock.</summary>
    public Task<PlatformUnderTest> StartAnotherAsync(params (string Key, string Value)[] settings) => StartAnotherAsync(null, settings);

    /// <summary>Starts another instance with replaced services.</summary>
    public Task<PlatformUnderTest> StartAnotherAsync(Action<IServiceCollection>? configure, params (string Key, string Value)[] settings) =>
        StartAsync(Store, Clock, folder: null, [(UploadFolderSetting, UploadFolder), .. settings], configure: configure);

    private static async Task<PlatformUnderTest> StartAsync(
        (string Name, string Connection) store, FakeTimeProvider clock, string? folder, (string Key, string Value)[] settings,
        Func<PlatformDatabase, PlatformDatabase>? decorate = null, Action<IServiceCollection>? configure = null)
    {
        (string Key, string Value)[] addresses =
        [
            ("urls", "http://127.0.0.1:0"), (HostArguments.Store, store.Name), (HostArguments.Connection, store.Connection),
            (UploadFolderSetting, Path.Combine(folder ?? Path.GetTempPath(), $"uploads-{Guid.NewGuid():N}")),
        ];
        var builder = Program.CreateBuilder(
            DefaultSettings.Concat(addresses).Concat(settings).GroupBy(s => s.Key).Select(
                s => KeyValuePair.Create(s.Key, (string?)s.Last().Value)));
        builder.Services.AddSingleton<TimeProvider>(clock);
        Program.AddServices(builder);

        // Fewer iterations than in production: the tests log in thousands of times.
        builder.Services.Configure<PasswordHasherOptions>(o => o.IterationCount = 1_000);
        if (decorate is not null)
            builder.Services.AddSingleton(p => decorate(ActivatorUtilities.CreateInstance<SqlitePlatformDatabase>(p)));
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        Program.UsePipeline(app);
        Program.MapFeatures(app);
        await app.ApplySchemaAsync();
        await app.StartAsync();
        return new PlatformUnderTest(app, clock, store, folder)
        {
            UploadFolder = app.Services.GetRequiredService<UploadOptions>().Folder,
            IsFirst = settings.All(s => s.Key != UploadFolderSetting),
        };
    }

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Creates an account with roles and returns a client with its bearer token.</summary>
    public async Task<ApiClient> LogInAsync(params string[] roles)
    {
        var email = $"user{Interlocked.Increment(ref _accounts)}@{(IsFirst ? "" : "another.")}example.com";
        var client = new ApiClient(new HttpClient { BaseAddress = Address }) { Email = email };
        string id;
        await using (var scope = _app.Services.CreateAsyncScope())
        {
            var accounts = scope.ServiceProvider.GetRequiredService<Accounts>();
            id = (await accounts.SignUpAsync(email, Password, $"User {_accounts}")).UserId;
            var nobody = new Caller(null, null, "test", IsCreator: false, IsAdmin: true);
            await accounts.SetRolesAsync(nobody, id, [Roles.Viewer, .. roles], CancellationToken.None);
        }

        await client.AuthorizeAsync(Password);
        client.UserId = id;
        return client;
    }

    /// <summary>Starts a play and watches the minimum of a view.</summary>
    public async Task ViewAsync(ApiClient viewer, string videoId)
    {
        var play = (await viewer.PostAsync($"/api/videos/{videoId}/plays", new { })).Should(201).Json.GetProperty("play");
        Clock.Advance(TimeSpan.FromSeconds(3));
        var report = await viewer.PostAsync(
            $"/api/plays/{play.GetProperty("playId").GetString()}/progress", new { sequence = 1, positionSeconds = 3 });
        report.Should(200).Json.GetProperty("isCounted").GetBoolean().Should().BeTrue();
    }

    /// <summary>Advances the clock until a task that waits for it has completed.</summary>
    public async Task<T> WhileAdvancingClockAsync<T>(Task<T> work)
    {
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken));
            Clock.Advance(TimeSpan.FromMilliseconds(50));
        }

        return await work;
    }

    /// <summary>Stops the host. May be called once.</summary>
    /// <param name="cancellationToken">Ends the shutdown delay.</param>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopped = true;
        return _app.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
            await _app.StopAsync();
        await _app.DisposeAsync();
        Anonymous.Http.Dispose();
        if (_folder is null && IsFirst && Directory.Exists(UploadFolder))
            Directory.Delete(UploadFolder, recursive: true);
        if (_folder is not null)
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(_folder, recursive: true);
        }
    }
}

/// <summary>A client of the API.</summary>
internal sealed class ApiClient(HttpClient http)
{
    public HttpClient Http { get; } = http;

    public string Email { get; init; } = "";

    public string UserId { get; set; } = "";

    public async Task AuthorizeAsync(string password)
    {
        Http.DefaultRequestHeaders.Authorization = null;
        var token = await PostAsync("/api/users/token", new { email = Email, password });
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", token.Json.GetProperty("accessToken").GetString());
    }

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiAnswer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body, headers);

    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await SendAsync(request, headers);
    }

    /// <summary>Sends an empty body with the content type JSON.</summary>
    public async Task<ApiAnswer> SendEmptyAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (method != HttpMethod.Get)
            request.Content = new StringContent("", System.Text.Encoding.UTF8, "application/json");
        return await SendAsync(request, []);
    }

    private async Task<ApiAnswer> SendAsync(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return new ApiAnswer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            response.Headers.Concat(response.Content.Headers).ToDictionary(
                h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>A response of the API.</summary>
internal sealed record ApiAnswer(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public ApiAnswer Should(int status)
    {
        Status.Should().Be(status, Text);
        return this;
    }

    /// <summary>Asserts that the response is a problem document that contains the texts and no stack trace.</summary>
    public void ShouldBeProblem(int status, params string[] words)
    {
        Should(status);
        Headers["Content-Type"].Should().StartWith("application/problem+json");
        Json.GetProperty("title").GetString().Should().NotBeNullOrEmpty();
        foreach (var word in words)
            Text.Should().Contain(word);
        Text.Should().NotContain("   at ");
    }
}
