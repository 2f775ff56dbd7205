using System.Net.Http.Headers;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Uploads;

/// <summary>A host with low limits, shared by the tests of a class.</summary>
public abstract class UploadHost : IAsyncLifetime
{
    public const int VideoBytesMax = 40_000;
    public const int ThumbnailBytesMax = 5_000;
    public const int QuotaBytes = 60_000;

    private PlatformUnderTest? _platform;

    internal PlatformUnderTest Platform => _platform!;

    public async ValueTask InitializeAsync() => _platform = await PlatformUnderTest.StartAsync(
        await CreateDatabaseAsync(), ("RateLimits:LogInsPerMinute", "1000"), ("Uploads:VideoBytesMax", $"{VideoBytesMax}"),
        ("Uploads:ThumbnailBytesMax", $"{ThumbnailBytesMax}"), ("Uploads:QuotaBytes", $"{QuotaBytes}"));

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
            await _platform.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<string?> CreateDatabaseAsync();
}

public sealed class SqliteUploadHost : UploadHost
{
    private protected override Task<string?> CreateDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class MySqlUploadHost(MySqlForApi server) : UploadHost
{
    private protected override async Task<string?> CreateDatabaseAsync() => await server.CreateAsync();
}

internal static class UploadSteps
{
    /// <summary>Sends a file as the body of a request.</summary>
    public static async Task<ApiAnswer> UploadAsync(
        this ApiClient client, byte[] file, string? contentType, bool isChunked = false, string? fileName = null)
    {
        using HttpContent content = isChunked ? new StreamContent(new ForwardStream(file)) : new ByteArrayContent(file);
        if (contentType is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (fileName is not null)
            content.Headers.Add("Content-Disposition", $"attachment; filename=\"{fileName}\"");
        using var answer = await client.Http.PostAsync(
            new Uri("/api/uploads", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return new ApiAnswer(
            (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            answer.Headers.Concat(answer.Content.Headers).ToDictionary(
                h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Uploads an accepted file and returns its address.</summary>
    public static async Task<string> AddFileAsync(this ApiClient client, byte[] file, string contentType) =>
        (await client.UploadAsync(file, contentType)).Should(201).Json.GetProperty("address").GetString()!;

    public static async Task<long> UsedAsync(this ApiClient client) =>
        (await client.GetAsync("/api/uploads")).Should(200).Json.GetProperty("usedBytes").GetInt64();

    /// <summary>A stream of unknown length, which is sent in chunks.</summary>
    private sealed class ForwardStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
