using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Settlement.SampleHost.Uploads;

/// <summary>An uploaded file.</summary>
internal sealed class Upload
{
    /// <summary>The path of uploaded files on this host.</summary>
    public const string PathPrefix = "/api/uploads/";

    /// <summary>The number of random hex digits of a name.</summary>
    private const int Digits = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The name that the server has chosen: random digits and an extension.</summary>
    [JsonIgnore]
    public string FileName { get; init; } = "";

    /// <summary>The address of the file: the <c>source</c> or <c>thumbnail</c> of a video.</summary>
    public string Address => PathPrefix + FileName;

    public string ContentType { get; init; } = "";

    public long Bytes { get; init; }

    /// <summary>The video that uses the file; null until a video of the owner is saved with its address.</summary>
    public string? VideoId { get; init; }

    [JsonIgnore]
    public string OwnerId { get; init; } = "";

    [JsonIgnore]
    public long CreatedAt { get; init; }

    /// <summary>The visibility of the video that uses the file; null without one, and then only the owner can read it.</summary>
    [JsonIgnore]
    public Content.Visibility? Visibility { get; init; }

    /// <summary>Whether an address begins with the path of uploaded files.</summary>
    public static bool IsAddress(string? address) => address?.StartsWith(PathPrefix, StringComparison.Ordinal) == true;

    /// <summary>Returns the name of an uploaded file by its address; null for other addresses.</summary>
    public static string? NameOf(string? address) =>
        IsAddress(address) && address![PathPrefix.Length..] is var name && IsName(name) ? name : null;

    /// <summary>Whether a name is one that the server may have chosen. Other names are never used as a path.</summary>
    public static bool IsName(string name) =>
        name.Length > Digits && name.AsSpan(0, Digits).IndexOfAnyExcept(HexDigits) < 0
        && FileFormat.OfName(name) is { } format && name[Digits..] == format.Extension;

    /// <summary>Creates a name that can't be guessed: the address of an unlisted video's file must not be.</summary>
    public static string NewName(FileFormat format) =>
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Digits / 2)) + format.Extension;
}

/// <summary>The state of an uploaded file.</summary>
internal enum UploadState
{
    /// <summary>It is being received; its size is reserved.</summary>
    Receiving = 0,

    /// <summary>It is complete; no video uses it yet.</summary>
    Stored = 1,

    /// <summary>A video uses it.</summary>
    Used = 2,

    /// <summary>
    /// The video uses another file instead or is deleted, or the file was abandoned: it is deleted, and then its row.
    /// </summary>
    Released = 3,
}
