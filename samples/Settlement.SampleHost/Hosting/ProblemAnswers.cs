using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Hosting;

/// <summary>Turns what a request met into a problem document (RFC 9457) that helps.</summary>
internal sealed class ProblemAnswers(IProblemDetailsService problems) : IExceptionHandler
{
    /// <summary>A failover of the database takes a few seconds.</summary>
    public const string RetryAfterSeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!httpContext.IsApi())
            return false;
        var mayBeDone = exception.IsOutcomeUnknown() || RequestWrites.Of(httpContext).IsAny;
        var (status, title, detail) = exception switch
        {
            PlatformException e => (e.Status, e.Title, e.Message),
            BadHttpRequestException e => (e.StatusCode, "The request can't be read", Described(e)),
            AntiforgeryValidationException => (
                StatusCodes.Status400BadRequest, "The antiforgery token is missing or wrong",
                "A write by cookie needs the header X-CSRF-TOKEN. Get its value from GET /api/users/antiforgery, with the same cookies."),
            _ when exception.IsPassing() && mayBeDone => (
                StatusCodes.Status503ServiceUnavailable, "The outcome is not known",
                "The connection to the database was lost: what was asked for may have been done. Look before you send it again. With the same "
                + "Idempotency-Key it is not done twice."),
            _ when exception.IsPassing() => (
                StatusCodes.Status503ServiceUnavailable, "The database is busy", "Nothing was changed. Try again in a few seconds."),
            _ => (StatusCodes.Status500InternalServerError, "Something went wrong here", "It is in the server's log. Nothing about the request needs to change."),
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
            ProblemDetails = new ProblemDetails { Status = status, Title = title, Detail = detail },
        });
    }

    /// <summary>The framework's sentence, and the reader's when the body is no JSON of the right form: never a type's name.</summary>
    private static string Described(BadHttpRequestException exception) => exception.InnerException switch
    {
        // The framework names the code's parameter. A body of `null` is none, too.
        null when exception.StatusCode == StatusCodes.Status400BadRequest && exception.Message.Contains("body", StringComparison.Ordinal)
            && exception.Message.Contains("provided", StringComparison.Ordinal) => "The request needs a body: a JSON object. See /openapi/v1.json for its form.",
        System.Text.Json.JsonException { Path: { } path } => $"The body's JSON can't be used at '{path}'. See /openapi/v1.json for its form.",
        _ => exception.Message,
    };
}

internal static class ApiRequests
{
    /// <summary>Requests that programs make: they get problem documents and no redirects.</summary>
    public static bool IsApi(this HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
}
