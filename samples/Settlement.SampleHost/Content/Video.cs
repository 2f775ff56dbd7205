using System.Text.Json.Serialization;
using Settlements;

namespace Settlement.SampleHost.Content;

/// <summary>A video as it is shown, and as its row is read.</summary>
public sealed class Video
{
    public string VideoId { get; init; } = "";

    public string Title { get; init; } = "";

    [JsonIgnore]
    public long LengthMs { get; init; }

    public decimal LengthSeconds => LengthMs / 1_000m;

    /// <summary>An address, or null for the bundled clip.</summary>
    public string? Source { get; init; }

    [JsonIgnore]
    public string OwnerId { get; init; } = "";

    public string OwnerName { get; init; } = "";

    /// <summary>Who is paid for its views.</summary>
    public string PayeeId { get; init; } = "";

    [JsonPropertyName("createdAt")]
    public DateTimeOffset CreatedOn => UnixMicroseconds.ToInstant(CreatedAt);

    [JsonIgnore]
    public long CreatedAt { get; init; }

    /// <summary>Where it stands in lists: what <c>after</c> takes.</summary>
    [JsonIgnore]
    public string Key => $"{CreatedAt}_{VideoId}";
}

/// <summary>A place of an ad in a video.</summary>
internal sealed class Placement
{
    public string ItemId { get; init; } = "";

    [JsonIgnore]
    public long PositionMs { get; init; }

    public decimal PositionSeconds => PositionMs / 1_000m;

    /// <summary>The ad to show; null while there is none, and then nothing is shown or counted.</summary>
    public string? AdId { get; init; }

    public string? AdTitle { get; init; }

    public string? AdSource { get; init; }

    [JsonIgnore]
    public long AdLengthMs { get; init; }

    public decimal AdLengthSeconds => AdLengthMs / 1_000m;
}

internal sealed class Ad
{
    public string AdId { get; init; } = "";

    public string Title { get; init; } = "";

    [JsonIgnore]
    public long LengthMs { get; init; }

    public decimal LengthSeconds => LengthMs / 1_000m;

    public string? Source { get; init; }

    /// <summary>In how many places it sits.</summary>
    public long PlacementCount { get; init; }
}

/// <summary>What a creator says of a video, or an admin of an ad.</summary>
/// <param name="Title">1 to 100 visible characters.</param>
/// <param name="LengthSeconds">From 1 s to 24 h, of an ad to 300 s; to the millisecond.</param>
/// <param name="Source">An address that starts with https://, a path of this host such as /media/x.mp4, or null for the bundled clip.</param>
internal sealed record Draft(string? Title, decimal LengthSeconds, string? Source = null);
