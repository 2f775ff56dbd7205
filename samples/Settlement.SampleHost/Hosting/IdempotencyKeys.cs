using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// Middleware: executes a write with an Idempotency-Key once and returns the stored first response to repeated requests. Keys are scoped to
/// the caller and stored for a day. The key of a request that was rejected, or failed before its first commit, is removed, so that it can
/// be retried. If the outcome is unknown, repeated requests return 409.
/// </summary>
internal sealed partial class IdempotencyKeys(
    RequestDelegate next, IdempotencyStore store, TimeProvider clock, ILogger<IdempotencyKeys> logger)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    public const int KeyLengthMax = 200;

    /// <summary>Longer responses are not stored; no write of this API has one.</summary>
    private const int BodyBytesMax = 256 * 1024;

    private static readonly StoredResponse Unknown = new() { Status = StoredResponse.OutcomeUnknown };

    /// <summary>The age from which a request without a response counts as lost: its instance is dead.</summary>
    private const long LostUs = 60L * 1_000_000;

    public async Task InvokeAsync(HttpContext context)
    {
        var key = context.Request.Headers[Header].ToString();
        var isWrite = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        if (key.Length == 0 || !isWrite || !context.IsApi() || context.GetEndpoint()?.Metadata.GetMetadata<NoReplay>() is not null)
        {
            await next(context);
            return;
        }

        if (key.Length > KeyLengthMax)
            throw PlatformException.BadRequest($"{Header} has {key.Length} characters. Use 1 to {KeyLengthMax}, for example a UUID.");
        var caller = Caller.Of(context);

        // A caller without an account and a cookie is identified by its key alone; the address only limits who could guess it.
        var owner = caller.Viewer ?? $"address:{NetworkAddress.Of(context)}";
        var scope = Hash(Encoding.UTF8.GetBytes($"{owner}\n{context.Request.Method}\n{context.Request.Path}\n{key}"));
        var request = await HashRequestAsync(context.Request);
        if (await store.TryBeginAsync(scope, request, Now(), context.RequestAborted) is { } stored)
            await ReplayAsync(context, stored, request);
        else
            await RunAsync(context, scope);
    }

    private async Task RunAsync(HttpContext context, string scope)
    {
        var original = context.Response.Body;
        await using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        var writes = RequestWrites.Of(context);
        writes.HasCommitted = false; // the row of the key is not a write of the request
        try
        {
            await next(context);
        }
        catch (Exception e)
        {
            var isRefused = e is PlatformException or BadHttpRequestException or AntiforgeryValidationException;
            await EndAsync(scope, e.IsOutcomeUnknown() || (writes.HasCommitted && !isRefused) ? Unknown : null, writes);
            throw;
        }
        finally
        {
            context.Response.Body = original;
        }

        var response = context.Response.StatusCode >= StatusCodes.Status500InternalServerError || buffer.Length > BodyBytesMax
                    ? writes.HasCommitted ? Unknown : null
                    : new StoredResponse
                    {
                        Status = context.Response.StatusCode, ContentType = context.Response.ContentType,
                        Location = context.Response.Headers.Location,
                        Body = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length),
                    };
        await EndAsync(scope, response, writes);
        buffer.Position = 0;
        await buffer.CopyToAsync(original, context.RequestAborted);
    }

    /// <summary>
    /// Stores the response, or removes the key if there is none. If that fails, the caller still receives the response; a repeated request
    /// finds none and returns 409.
    /// </summary>
    private async Task EndAsync(string scope, StoredResponse? response, RequestWrites writes)
    {
        var hasCommitted = writes.HasCommitted;
        try
        {
            await (response is null ? store.RemoveAsync(scope) : store.SaveAsync(scope, response));
        }
        catch (DbException e)
        {
            LogNotStored(e);
        }

        writes.HasCommitted = hasCommitted;
    }

    private async Task ReplayAsync(HttpContext context, StoredResponse stored, string request)
    {
        if (stored.RequestHash != request)
        {
            throw new PlatformException(
                StatusCodes.Status422UnprocessableEntity, $"{Header} already used for another request",
                $"This {Header} was sent before with different content. Use a new key for each write, and repeat a "
                    + $"key only with the same content.");
        }

        if (stored.Status is StoredResponse.OutcomeUnknown || (stored.Status is null && stored.CreatedAt < Now() - LostUs))
        {
            throw PlatformException.Conflict(
                "Outcome of the first request unknown",
                $"It may have been executed. Check first; if it was not executed, send it again with a new {Header}.");
        }

        if (stored.Status is not { } status)
        {
            context.Response.Headers.RetryAfter = "1";
            throw PlatformException.Conflict(
                "First request in progress", "There is no response for this key yet. Send the same request again in a second.");
        }

        context.Response.StatusCode = (int)status;
        context.Response.ContentType = stored.ContentType;
        if (stored.Location is not null)
            context.Response.Headers.Location = stored.Location;
        context.Response.Headers[ReplayedHeader] = "true";
        if (stored.Body is { Length: > 0 } body)
            await context.Response.WriteAsync(body, context.RequestAborted);
    }

    private static async Task<string> HashRequestAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.QueryString}\n"));
        var buffer = new byte[8_192];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
            hash.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private long Now() => UnixMicroseconds.From(clock.GetUtcNow());

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning,
        Message = "Could not store the response for an Idempotency-Key; repeated requests return 409.")]
    private partial void LogNotStored(Exception exception);
}
