using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// A write with an Idempotency-Key is done once: what is sent again gets the answer of the first time. Keys are a caller's own, and kept for a
/// day. A request that was refused, or failed before it wrote anything, is forgotten and may be tried again. One that may have been done is not:
/// what is sent again is told to look first.
/// </summary>
internal sealed partial class IdempotencyKeys(RequestDelegate next, KeptAnswers answers, TimeProvider clock, ILogger<IdempotencyKeys> logger)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    public const int KeyLengthMax = 200;

    /// <summary>A longer answer is not kept; no write of this API has one.</summary>
    private const int BodyBytesMax = 256 * 1024;

    private static readonly KeptAnswer Unknown = new() { Status = KeptAnswer.UnknownStatus };

    /// <summary>After how long a request without an answer is taken for one whose host is gone.</summary>
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
            throw PlatformException.Wrong($"The {Header} has {key.Length} characters. Use 1 to {KeyLengthMax}, for example a UUID.");
        var caller = Caller.Of(context);

        // A program without an account and a cookie is known by its key alone; its address only narrows who could guess it.
        var owner = caller.Viewer ?? $"address:{NetworkAddress.Of(context)}";
        var scope = Hash(Encoding.UTF8.GetBytes($"{owner}\n{context.Request.Method}\n{context.Request.Path}\n{key}"));
        var request = await HashRequestAsync(context.Request);
        if (await answers.TryBeginAsync(scope, request, Now(), context.RequestAborted) is { } kept)
            await ReplayAsync(context, kept, request);
        else
            await RunAsync(context, scope);
    }

    private async Task RunAsync(HttpContext context, string scope)
    {
        var original = context.Response.Body;
        await using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        var writes = RequestWrites.Of(context);
        writes.IsAny = false; // the key's row is none of the request's
        try
        {
            await next(context);
        }
        catch (Exception e)
        {
            var isRefused = e is PlatformException or BadHttpRequestException or AntiforgeryValidationException;
            await EndAsync(scope, e.IsOutcomeUnknown() || (writes.IsAny && !isRefused) ? Unknown : null, writes);
            throw;
        }
        finally
        {
            context.Response.Body = original;
        }

        var answer = context.Response.StatusCode >= StatusCodes.Status500InternalServerError || buffer.Length > BodyBytesMax
            ? writes.IsAny ? Unknown : null
            : new KeptAnswer
            {
                Status = context.Response.StatusCode, ContentType = context.Response.ContentType, Location = context.Response.Headers.Location,
                Body = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length),
            };
        await EndAsync(scope, answer, writes);
        buffer.Position = 0;
        await buffer.CopyToAsync(original, context.RequestAborted);
    }

    /// <summary>
    /// Keeps an answer, or forgets the key when there is none. Where that fails the caller learns what came of his request all the same; who sends it
    /// again finds no answer, and is told to look.
    /// </summary>
    private async Task EndAsync(string scope, KeptAnswer? answer, RequestWrites writes)
    {
        var isAny = writes.IsAny;
        try
        {
            await (answer is null ? answers.ForgetAsync(scope) : answers.KeepAsync(scope, answer));
        }
        catch (DbException e)
        {
            LogNotKept(e);
        }

        writes.IsAny = isAny;
    }

    private async Task ReplayAsync(HttpContext context, KeptAnswer kept, string request)
    {
        if (kept.RequestHash != request)
        {
            throw new PlatformException(
                StatusCodes.Status422UnprocessableEntity, "The key belongs to another request",
                $"This {Header} came before with other content. Make a new key for each write, and repeat it only with the same one.");
        }

        if (kept.Status is KeptAnswer.UnknownStatus || (kept.Status is null && kept.CreatedAt < Now() - LostUs))
        {
            throw PlatformException.Conflict(
                "The outcome of the first request is not known",
                $"It may have been done. Look first: where what it writes is not there, send it with a new {Header}.");
        }

        if (kept.Status is not { } status)
        {
            context.Response.Headers.RetryAfter = "1";
            throw PlatformException.Conflict("The first request is under way", "The answer to this key is not there yet. Send the same request again in a second.");
        }

        context.Response.StatusCode = (int)status;
        context.Response.ContentType = kept.ContentType;
        if (kept.Location is not null)
            context.Response.Headers.Location = kept.Location;
        context.Response.Headers[ReplayedHeader] = "true";
        if (kept.Body is { Length: > 0 } body)
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

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "What came of an Idempotency-Key could not be kept; who sends it again is told to look first.")]
    private partial void LogNotKept(Exception exception);
}
