using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Hosting;

/// <summary>Converts exceptions of API requests into problem documents (RFC 9457) with a remedy.</summary>
internal sealed class ProblemDetailsHandler(IProblemDetailsService problems) : IExceptionHandler
{
    /// <summary>The Retry-After header of a 503 response, in seconds; a failover of the database takes about as long.</summary>
    public const string RetryAfterSeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!httpContext.IsApi())
            return false;
        var mayBeExecuted = exception.IsOutcomeUnknown() || RequestWrites.Of(httpContext).HasCommitted;
        var status = StatusOf(exception);
        var (title, detail) = exception switch
        {
            PlatformException e => (e.Title, e.Message),
            BadHttpRequestException e => ("Malformed request", Describe(e)),
            AntiforgeryValidationException => (
                "Antiforgery token missing or invalid",
                "A write authenticated by cookie needs the header X-CSRF-TOKEN. Get its value from GET "
                + "/api/users/antiforgery with the same cookies."),
            _ when exception.IsTransientDatabaseError() && mayBeExecuted => (
                "Outcome unknown",
                "A database error occurred: the write may have been executed. Check before you send it again; with the same "
                + "Idempotency-Key it is not executed twice."),
            _ when exception.IsTransientDatabaseError() => (
                "Database unavailable", "Nothing was changed. Try again in a few seconds."),
            _ => (
                "Internal error",
                "An unexpected error occurred in the host. See the host's log for details."),
        };
        httpContext.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable && httpContext.Response.Headers.RetryAfter.Count == 0)
            httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        if (exception is PlatformException { RetryAfter: { } wait })
            httpContext.Response.Headers.RetryAfter = wait.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            Exception = exception,
            ProblemDetails = Document(status, title, detail, exception as PlatformException),
        });
    }

    /// <summary>Returns the status of the response to a request that fails with an exception.</summary>
    public static int StatusOf(Exception exception) => exception switch
    {
        PlatformException e => e.Status,
        BadHttpRequestException e => e.StatusCode,
        AntiforgeryValidationException => StatusCodes.Status400BadRequest,
        _ when exception.IsTransientDatabaseError() => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static ProblemDetails Document(int status, string title, string detail, PlatformException? exception)
    {
        var document = new ProblemDetails { Status = status, Title = title, Detail = detail };
        if (exception is { Fields.Count: > 0 })
        {
            document.Extensions["errors"] = exception.Fields.GroupBy(f => f.Field, StringComparer.Ordinal)
                .ToDictionary(f => f.Key, f => f.Select(e => e.Text.ToString()).ToArray(), StringComparer.Ordinal);
        }

        return document;
    }

    /// <summary>Returns the framework's message, or a message about the JSON body; never the name of a type.</summary>
    private static string Describe(BadHttpRequestException exception) => exception.InnerException switch
    {
        // Replaces the framework's message, which contains a parameter name. The framework treats a body of `null` as missing.
        null when exception.StatusCode == StatusCodes.Status400BadRequest && exception.Message.Contains("body", StringComparison.Ordinal)
            && exception.Message.Contains("provided", StringComparison.Ordinal) =>
            "The request needs a body: a JSON object. See /openapi/v1.json for the schema.",
        System.Text.Json.JsonException { Path: { } path } => $"The JSON body is invalid at '{path}'. See /openapi/v1.json for the schema.",
        _ => exception.Message,
    };
}

internal static class ApiRequests
{
    /// <summary>Whether the request is to the API, which returns problem documents and no redirects.</summary>
    public static bool IsApi(this HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
}
