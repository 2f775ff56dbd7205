using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Uploads;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Content;

/// <summary>Validates drafts of videos and ads, and reports all errors at once.</summary>
internal static class DraftValidator
{
    public const int TitleLengthMax = 100;
    public const int DescriptionLengthMax = 5_000;

    // The content security policy (Hosting/SecurityHeaders.cs) blocks it. The message contains no values, so that it can be localised.
    private const string Unsafe =
        "The source starts with http://, which browsers block on these pages. "
        + "Use an address that starts with https://, or a path on this host such as /media/x.mp4.";

    private const string Uploaded =
        "The source is the address of an uploaded file, which only its owner can read. "
        + "Use one that starts with https://, a path such as /media/x.mp4, or none for the bundled clip.";

    private const int SourceLengthMax = 2_000;

    private const decimal VideoSecondsMax = 86_400m;

    /// <summary>An ad must not be longer than the interval between two ads.</summary>
    private const decimal AdSecondsMax = PlacementRule.IntervalMs / 1_000m;

    /// <summary>Validates the draft of a video.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="before">The video to change; null for a new one.</param>
    public static VideoValues ValidateVideo(Draft draft, Video? before)
    {
        var errors = new FieldErrors();
        var (title, lengthMs, source) = Validate(draft, VideoSecondsMax, errors);
        var description = draft.Description?.ReplaceLineEndings("\n").Trim() ?? before?.Description ?? "";
        if (description.Length > DescriptionLengthMax || !description.Split('\n').All(IsVisibleOrBlank))
        {
            errors.Add(
                "description",
                $"The description has {description.Length} characters. Use up to {DescriptionLengthMax} visible characters and line "
                + $"breaks.");
        }

        var visibility = draft.Visibility ?? before?.Visibility ?? Visibility.Public;
        if (!Enum.IsDefined(visibility))
            errors.Add("visibility", "The visibility is unknown. Use public, unlisted or private.");
        var thumbnail = draft.Thumbnail is null ? before?.Thumbnail : draft.Thumbnail.Length == 0 ? null : draft.Thumbnail;
        if (thumbnail is not null && Upload.NameOf(thumbnail) is null)
            errors.Add("thumbnail", "The thumbnail is not the address of an uploaded picture.");
        errors.ThrowIfAny();
        return new VideoValues(title, lengthMs, source, description, visibility, thumbnail);
    }

    /// <summary>Validates the draft of an ad.</summary>
    public static (string Title, long LengthMs, string? Source) ValidateAd(Draft draft)
    {
        var errors = new FieldErrors();
        var values = Validate(draft, AdSecondsMax, errors);
        if (Upload.NameOf(values.Source) is not null)
            errors.Add("source", Uploaded);
        errors.ThrowIfAny();
        return values;
    }

    private static (string Title, long LengthMs, string? Source) Validate(Draft draft, decimal secondsMax, FieldErrors errors)
    {
        var title = draft.Title?.Trim() ?? "";
        if (title.Length is 0 or > TitleLengthMax || !VisibleText.IsVisibleTitle(title))
            errors.Add("title", $"The title has {title.Length} characters. Use 1 to {TitleLengthMax} visible characters.");
        if (draft.LengthSeconds < 1 || draft.LengthSeconds > secondsMax)
            errors.Add("lengthSeconds", $"The length is {draft.LengthSeconds} s. Use 1 to {secondsMax:0} s.");
        var source = string.IsNullOrWhiteSpace(draft.Source) ? null : draft.Source.Trim();
        if (source is not null && source.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            errors.Add("source", Unsafe);
        else if (source is not null && (!IsAddress(source) || (Upload.IsAddress(source) && Upload.NameOf(source) is null)))
        {
            errors.Add(
                "source",
                $"The source '{Text.Id(source)}' is not an address. Use one that starts with https://, a path such as "
                + $"/media/x.mp4, or none for the bundled clip.");
        }

        return (title, (long)(draft.LengthSeconds * 1_000), source);
    }

    private static bool IsVisibleOrBlank(string line) =>
        string.IsNullOrWhiteSpace(line) || VisibleText.IsVisibleTitle(line.Replace('\t', ' '));

    // A path must stay on this host: "//other.example/x" refers to another host, and so does "/\t/other.example/x", since browsers remove
    // the tab.
    private static bool IsAddress(string source) => source.Length <= SourceLengthMax
        && !source.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && (source is ['/', not '/', ..] ? !source.Contains('\\', StringComparison.Ordinal)
            : Uri.TryCreate(source, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps);
}
