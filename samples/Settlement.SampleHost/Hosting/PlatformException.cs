using System.Globalization;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// What was asked for can't be done, and the asker can do something about it. The API answers with its status and words; a page shows the
/// words.
/// </summary>
internal sealed class PlatformException(int status, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>What is wrong, in a few words that don't change with the values.</summary>
    public string Title { get; } = title;

    /// <summary>After how long it may be tried again; null where waiting is no remedy.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    public static PlatformException NotFound(string what, string id) =>
        new(StatusCodes.Status404NotFound, $"There is no such {what}", $"There is no {what} '{id}', or it was deleted.");

    public static PlatformException Forbidden(string detail) => new(StatusCodes.Status403Forbidden, "That is not yours to do", detail);

    public static PlatformException Wrong(string detail) => new(StatusCodes.Status400BadRequest, "The request can't be used", detail);

    public static PlatformException TooMany(string title, string limit, TimeSpan wait)
    {
        wait = TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds));
        return new PlatformException(
            StatusCodes.Status429TooManyRequests, title, string.Create(CultureInfo.InvariantCulture, $"{limit} Try again in {wait.TotalSeconds:0} s."))
        {
            RetryAfter = wait,
        };
    }

    public static PlatformException Conflict(string title, string detail) => new(StatusCodes.Status409Conflict, title, detail);
}
