using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Content;

/// <summary>Validates drafts of videos and ads, and reports all errors at once.</summary>
internal static class DraftValidator
{
    public const int TitleLengthMax = 100;

    // The content security policy (Hosting/SecurityHeaders.cs) blocks it. The message contains no values, so that it can be localised.
    private const string Unsafe =
        "The source starts with http://, which browsers block on these pages. "
        + "Use an address that starts with https://, or a path on this host such as /media/x.mp4.";

    private const int SourceLengthMax = 2_000;

    private const decimal VideoSecondsMax = 86_400m;

    /// <summary>An ad must not be longer than the interval between two ads.</summary>
    private const decimal AdSecondsMax = PlacementRule.IntervalMs / 1_000m;

    /// <summary>Validates the draft of a video.</summary>
    public static (string Title, long LengthMs, string? Source) ValidateVideo(Draft draft) => Validate(draft, VideoSecondsMax);

    /// <summary>Validates the draft of an ad.</summary>
    public static (string Title, long LengthMs, string? Source) ValidateAd(Draft draft) => Validate(draft, AdSecondsMax);

    private static (string Title, long LengthMs, string? Source) Validate(Draft draft, decimal secondsMax)
    {
        var errors = new FieldErrors();
        var title = draft.Title?.Trim() ?? "";
        if (title.Length is 0 or > TitleLengthMax || !VisibleText.IsVisibleTitle(title))
            errors.Add("title", $"The title has {title.Length} characters. Use 1 to {TitleLengthMax} visible characters.");
        if (draft.LengthSeconds < 1 || draft.LengthSeconds > secondsMax)
            errors.Add("lengthSeconds", $"The length is {draft.LengthSeconds} s. Use 1 to {secondsMax:0} s.");
        var source = string.IsNullOrWhiteSpace(draft.Source) ? null : draft.Source.Trim();
        if (source is not null && source.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            errors.Add("source", Unsafe);
        else if (source is not null && !IsAddress(source))
        {
            errors.Add(
                "source",
                $"The source '{Text.Id(source)}' is not an address. Use one that starts with https://, a path such as "
                + $"/media/x.mp4, or none for the bundled clip.");
        }

        errors.ThrowIfAny();
        return (title, (long)(draft.LengthSeconds * 1_000), source);
    }

    // A path must stay on this host: "//other.example/x" refers to another host, and so does "/\t/other.example/x", since browsers remove
    // the tab.
    private static bool IsAddress(string source) => source.Length <= SourceLengthMax
        && !source.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && (source is ['/', not '/', ..] ? !source.Contains('\\', StringComparison.Ordinal)
            : Uri.TryCreate(source, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps);
}
