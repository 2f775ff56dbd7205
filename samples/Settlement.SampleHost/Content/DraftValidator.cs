using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Content;

/// <summary>What a draft must be; all that is wrong with it is said at once.</summary>
internal static class DraftValidator
{
    public const int TitleLengthMax = 100;

    // The policy of the pages (Hosting/SecurityHeaders.cs) lets no browser play it. Without a value in it, it has words in each language.
    private const string Unsafe = "The source starts with http://, which no page plays. Use an address that starts with https://, or a path of this host such as /media/x.mp4.";

    private const int SourceLengthMax = 2_000;

    private const decimal VideoSecondsMax = 86_400m;

    /// <summary>An ad as long as the time between two is no ad any more.</summary>
    private const decimal AdSecondsMax = PlacementRule.IntervalMs / 1_000m;

    /// <summary>A video's draft.</summary>
    public static (string Title, long LengthMs, string? Source) ValidateVideo(Draft draft) => Validate(draft, VideoSecondsMax);

    /// <summary>An ad's draft.</summary>
    public static (string Title, long LengthMs, string? Source) ValidateAd(Draft draft) => Validate(draft, AdSecondsMax);

    private static (string Title, long LengthMs, string? Source) Validate(Draft draft, decimal secondsMax)
    {
        var wrong = new List<string>();
        var title = draft.Title?.Trim() ?? "";
        if (title.Length is 0 or > TitleLengthMax || !VisibleText.IsVisibleTitle(title))
            wrong.Add($"The title has {title.Length} characters. Use 1 to {TitleLengthMax} visible ones.");
        if (draft.LengthSeconds < 1 || draft.LengthSeconds > secondsMax)
            wrong.Add($"The length is {draft.LengthSeconds} s. Use 1 to {secondsMax:0}.");
        var source = string.IsNullOrWhiteSpace(draft.Source) ? null : draft.Source.Trim();
        if (source is not null && source.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            wrong.Add(Unsafe);
        else if (source is not null && !IsAddress(source))
            wrong.Add($"The source '{Text.Id(source)}' is no address. Use one that starts with https://, a path such as /media/x.mp4, or none for the bundled clip.");
        return wrong.Count == 0
            ? (title, (long)(draft.LengthSeconds * 1_000), source)
            : throw PlatformException.BadRequest(string.Join(' ', wrong));
    }

    // A path stays on this host: "//other.example/x" is an address of another, and so is "/\t/other.example/x", whose tab a browser drops.
    private static bool IsAddress(string source) => source.Length <= SourceLengthMax && !source.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && (source is ['/', not '/', ..] ? !source.Contains('\\', StringComparison.Ordinal)
            : Uri.TryCreate(source, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps);
}
