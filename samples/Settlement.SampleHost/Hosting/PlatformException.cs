using System.Globalization;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// An error that the caller can correct. The API returns it as a problem document; pages display its title and detail.
/// </summary>
internal sealed class PlatformException(int status, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>A short title, independent of the values.</summary>
    public string Title { get; } = title;

    /// <summary>The time after which a retry may succeed; null if waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    public static PlatformException NotFound(string what, string id) =>
        new(StatusCodes.Status404NotFound, $"No such {what}", $"There is no {what} '{id}', or it was deleted.");

    public static PlatformException Forbidden(string detail) => new(StatusCodes.Status403Forbidden, "Not allowed", detail);

    public static PlatformException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, "Invalid request", detail);

    public static PlatformException TooManyRequests(string title, string limit, TimeSpan wait)
    {
        wait = TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds));
        return new PlatformException(
            StatusCodes.Status429TooManyRequests, title,
            string.Create(CultureInfo.InvariantCulture, $"{limit} Try again in {wait.TotalSeconds:0} s."))
        {
            RetryAfter = wait,
        };
    }

    public static PlatformException Conflict(string title, string detail) => new(StatusCodes.Status409Conflict, title, detail);
}
