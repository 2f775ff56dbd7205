using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Audit;

/// <summary>
/// Records each request of an admin that can change something, before it is executed, and its status after. Nothing that an admin did is
/// missing: if the entry can't be written, the request fails.
/// </summary>
internal sealed partial class AuditTrail(
    RequestDelegate next, AuditTable table, CurrentCausalSession session, TimeProvider clock, ILogger<AuditTrail> logger)
{
    private const int BodyBytesMax = 32_768;
    private const int ValueLengthMax = 300;

    /// <summary>The recorded fields of forms and JSON bodies. Passwords, addresses and tokens are not among them.</summary>
    private static readonly HashSet<string> Recorded = new(StringComparer.OrdinalIgnoreCase)
    {
        "AdId", "Title", "Seconds", "LengthSeconds", "Source", "UserId", "Given", "Roles", "Through", "Confirmed", "CloseId", "Name",
        "Visibility", "Description", "Thumbnail", "FirstDay", "Supersedes", "Reason", "Override", "First", "Last", "Video", "Payee",
        "RestateFirst", "RestateLast", "RestateReason", "Meter", "Version", "Model", "Counter", "Tiers", "UnitsPerPackage", "OverridesGate",
    };

    /// <summary>Actions that every viewer has, and those that only display a question.</summary>
    private static readonly string[] Unrecorded =
        ["/api/plays", "/preferences", "/logout", "/login", "/signup", "/api/users/token", "/api/users/session"];

    private uint _count;

    public async Task InvokeAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        if (!caller.IsAdmin || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            || Unrecorded.Any(p => context.Request.Path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase))
                || context.GetEndpoint() is not RouteEndpoint endpoint
            || endpoint.RoutePattern.RawText!.EndsWith("/plays", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var (handler, fields) = await ReadAsync(context.Request);
        foreach (var (name, value) in context.Request.RouteValues.Where(v => v.Value is not null))
            fields[name] = Limited(value!.ToString()!);
        var now = clock.GetUtcNow();
        var entry = new AuditEntry
        {
            AuditId = NewId(now), At = UnixMicroseconds.From(now), UserId = caller.RequireUserId(),
            Action = handler is null
                ? $"{context.Request.Method} {endpoint.RoutePattern.RawText}"
                : $"{PageOf(context.Request.Path)}.{Limited(handler)}",
            Detail = JsonSerializer.Serialize(fields),
        };
        await session.StartDetached(() => table.AddAsync(entry, context.RequestAborted)); // not a write of the request
        try
        {
            await next(context);
        }
        catch (Exception e)
        {
            await EndAsync(entry.AuditId, ProblemDetailsHandler.StatusOf(e));
            throw;
        }

        await EndAsync(entry.AuditId, context.Response.StatusCode);
    }

    /// <summary>
    /// Writes the status. The request is executed by then: if the status can't be written, the entry has none, and the caller receives the
    /// response of the request.
    /// </summary>
    private async Task EndAsync(string auditId, int status)
    {
        try
        {
            await session.StartDetached(() => table.EndAsync(auditId, status, CancellationToken.None));
        }
        catch (DbException e)
        {
            StatusNotWritten(e, auditId, status);
        }
    }

    /// <summary>
    /// Returns an id that is ordered by milliseconds, then by the number of the entry in this process; 32 hexadecimal digits.
    /// </summary>
    private string NewId(DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{now.ToUnixTimeMilliseconds():x12}{Interlocked.Increment(ref _count):x8}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}");

    /// <summary>Returns the page's section: <c>rates</c> of <c>/admin/rates/5</c>.</summary>
    private static string PageOf(PathString path) =>
        path.Value!.Trim('/').Split('/') is ["admin", var page, ..] ? page : path.Value!.Trim('/').Split('/')[0];

    private static async Task<(string? Handler, SortedDictionary<string, string> Fields)> ReadAsync(HttpRequest request)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            foreach (var (name, value) in form.Where(f => Recorded.Contains(f.Key) && f.Value.ToString().Length > 0))
                fields[name] = Limited(string.Join(", ", value.AsEnumerable()));
            return (form["_handler"].FirstOrDefault(), fields);
        }

        if (!request.HasJsonContentType())
            return (null, fields);
        request.EnableBuffering(BodyBytesMax);
        var bytes = new byte[BodyBytesMax];
        var count = await request.Body.ReadAtLeastAsync(bytes, BodyBytesMax, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        try
        {
            using var body = JsonDocument.Parse(bytes.AsMemory(0, count));
            if (body.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in body.RootElement.EnumerateObject().Where(p => Recorded.Contains(p.Name)))
                    fields[property.Name] = Limited(property.Value.ToString());
            }
        }
        catch (JsonException)
        {
            // Not JSON, which the endpoint reports; or too long, or in another encoding than UTF-8.
            fields["body"] = string.Create(
                CultureInfo.InvariantCulture, $"unreadable, {request.ContentType}, {request.ContentLength} bytes");
        }

        return (null, fields);
    }

    private static string Limited(string text) => text.Length <= ValueLengthMax ? text : text[..ValueLengthMax];

    [LoggerMessage(EventId = 305, Level = LogLevel.Error,
        Message = "The status {Status} of entry {AuditId} of the audit log could not be written.")]
    private partial void StatusNotWritten(Exception exception, string auditId, int status);
}
