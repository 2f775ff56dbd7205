using System.Text.Json.Serialization;
using Settlements;

namespace Settlement.SampleHost.Content;

/// <summary>A video with its owner.</summary>
public sealed class Video
{
    public string VideoId { get; init; } = "";

    public string Title { get; init; } = "";

    [JsonIgnore]
    public long LengthMs { get; init; }

    public decimal LengthSeconds => LengthMs / 1_000m;

    /// <summary>An address, that of an uploaded file, or null for the bundled clip.</summary>
    public string? Source { get; init; }

    /// <summary>Plain text with line breaks; empty if there is none.</summary>
    public string Description { get; init; } = "";

    public Visibility Visibility { get; init; }

    /// <summary>The address of an uploaded picture; null if there is none.</summary>
    public string? Thumbnail { get; init; }

    [JsonIgnore]
    public string OwnerId { get; init; } = "";

    public string OwnerName { get; init; } = "";

    /// <summary>The payee of its views.</summary>
    public string PayeeId { get; init; } = "";

    [JsonPropertyName("createdAt")]
    public DateTimeOffset CreatedOn => UnixMicroseconds.ToInstant(CreatedAt);

    [JsonIgnore]
    public long CreatedAt { get; init; }

    /// <summary>The position at which the viewer stopped, in lists of unfinished videos; otherwise 0.</summary>
    [JsonIgnore]
    public long ResumeMs { get; init; }

    /// <summary>The key for paging: the value of <c>after</c>.</summary>
    [JsonIgnore]
    public string Key => $"{CreatedAt}_{VideoId}";
}

/// <summary>Who can find and play a video.</summary>
public enum Visibility
{
    /// <summary>Everybody; it is listed, found and ranked.</summary>
    Public = 0,

    /// <summary>Everybody who has its address; it is not listed, found or ranked.</summary>
    Unlisted = 1,

    /// <summary>Its owner and admins only.</summary>
    Private = 2,
}

/// <summary>A placement of an ad in a video.</summary>
internal sealed class Placement
{
    public string ItemId { get; init; } = "";

    [JsonIgnore]
    public long PositionMs { get; init; }

    public decimal PositionSeconds => PositionMs / 1_000m;

    /// <summary>The assigned ad; null if there is none, and then nothing is displayed or counted.</summary>
    public string? AdId { get; init; }

    public string? AdTitle { get; init; }

    public string? AdSource { get; init; }

    [JsonIgnore]
    public long AdLengthMs { get; init; }

    public decimal AdLengthSeconds => AdLengthMs / 1_000m;
}

/// <summary>An ad.</summary>
internal sealed class Ad
{
    public string AdId { get; init; } = "";

    public string Title { get; init; } = "";

    [JsonIgnore]
    public long LengthMs { get; init; }

    public decimal LengthSeconds => LengthMs / 1_000m;

    public string? Source { get; init; }

    /// <summary>The number of its placements.</summary>
    public long PlacementCount { get; init; }
}

/// <summary>The input for registering or changing a video or an ad.</summary>
/// <param name="Title">The title, 1 to 100 visible characters.</param>
/// <param name="LengthSeconds">The length, from 1 s to 24 h, for an ad to 300 s; precise to the millisecond.</param>
/// <param name="Source">
/// An address that starts with https://, a path on this host such as /media/x.mp4 or that of an uploaded file, or null for the bundled
/// clip.
/// </param>
/// <param name="Description">Plain text of up to 5,000 characters; null keeps the present one. Ads have none.</param>
/// <param name="Visibility">Null keeps the present one, which is public for a new video. Ads have none.</param>
/// <param name="Thumbnail">
/// The address of an uploaded picture, or empty for none; null keeps the present one. Ads have none.
/// </param>
internal sealed record Draft(
    string? Title, decimal LengthSeconds, string? Source = null, string? Description = null, Visibility? Visibility = null,
    string? Thumbnail = null);

/// <summary>The validated properties of a video.</summary>
internal sealed record VideoValues(
    string Title, long LengthMs, string? Source, string Description = "", Visibility Visibility = Visibility.Public,
    string? Thumbnail = null);
