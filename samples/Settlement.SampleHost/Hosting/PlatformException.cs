namespace Settlement.SampleHost.Hosting;

/// <summary>
/// An error that the caller can correct. The API returns it as a problem document; pages display its title and detail.
/// </summary>
internal sealed class PlatformException(int status, string title, ErrorText detail) : Exception(detail.ToString())
{
    public int Status { get; } = status;

    /// <summary>A short title, independent of the values.</summary>
    public string Title { get; } = title;

    /// <summary>The text with its values apart, for translations.</summary>
    public ErrorText Detail { get; } = detail;

    /// <summary>The errors by field; empty if the error is not of the input's fields.</summary>
    public IReadOnlyList<FieldError> Fields { get; private init; } = [];

    /// <summary>The time after which a retry may succeed; null if waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>
    /// The key of the detail's translations, with its values; null if the detail is translated as a whole, or not at all.
    /// </summary>
    public (string Key, object[] Values)? Text { get; private set; }

    /// <summary>Sets the key of the detail's translations.</summary>
    public PlatformException Localized(string key, params object[] values)
    {
        Text = (key, values);
        return this;
    }

    public static PlatformException NotFound(string what, string id)
    {
        // What is missing is part of the text and not a value, because a translation can't contain the English word.
        var detail = Literal($"There is no {what} '");
        detail.AppendFormatted(id);
        detail.AppendLiteral("', or it was deleted.");
        return new PlatformException(StatusCodes.Status404NotFound, $"No such {what}", detail);
    }

    public static PlatformException Forbidden(ErrorText detail) => new(StatusCodes.Status403Forbidden, "Not allowed", detail);

    /// <summary>Creates the error of a field that proves who the caller is, such as the current password.</summary>
    public static PlatformException Forbidden(string field, ErrorText detail) =>
        new(StatusCodes.Status403Forbidden, "Not allowed", detail) { Fields = [new FieldError(field, detail)] };

    public static PlatformException BadRequest(ErrorText detail) => new(StatusCodes.Status400BadRequest, "Invalid request", detail);

    /// <summary>Creates one error of all invalid fields.</summary>
    public static PlatformException Invalid(IReadOnlyList<FieldError> fields) =>
        new(StatusCodes.Status400BadRequest, "Invalid request", string.Join(' ', fields.Select(f => f.Text))) { Fields = fields };

    public static PlatformException TooManyRequests(string title, string limit, TimeSpan wait)
    {
        wait = TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds));
        var detail = Literal($"{limit} Try again in ");
        detail.AppendFormatted(wait.TotalSeconds, "0");
        detail.AppendLiteral(" s.");
        return new PlatformException(StatusCodes.Status429TooManyRequests, title, detail)
        {
            RetryAfter = wait,
        };
    }

    public static PlatformException Conflict(string title, ErrorText detail, string? field = null) =>
        new(StatusCodes.Status409Conflict, title, detail) { Fields = field is null ? [] : [new FieldError(field, detail)] };

    private static ErrorText Literal(string text) => text;
}
