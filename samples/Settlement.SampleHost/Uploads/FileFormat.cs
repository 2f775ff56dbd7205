namespace Settlement.SampleHost.Uploads;

/// <summary>
/// A format of uploaded files. Only these are stored and served, each recognised by its content; in particular no SVG and no HTML, which
/// can contain scripts.
/// </summary>
/// <param name="ContentType">The content type.</param>
/// <param name="Extension">The extension of the stored file.</param>
/// <param name="IsVideo">Whether it is a video; otherwise a picture.</param>
internal sealed record FileFormat(string ContentType, string Extension, bool IsVideo)
{
    public static readonly FileFormat Mp4 = new("video/mp4", ".mp4", IsVideo: true);
    public static readonly FileFormat WebM = new("video/webm", ".webm", IsVideo: true);
    public static readonly FileFormat Jpeg = new("image/jpeg", ".jpg", IsVideo: false);
    public static readonly FileFormat Png = new("image/png", ".png", IsVideo: false);

    /// <summary>The number of bytes from which <see cref="Detect"/> recognises every format.</summary>
    public const int HeaderBytes = 256;

    /// <summary>The accepted content types, for messages.</summary>
    public const string Accepted = "video/mp4, video/webm, image/jpeg or image/png";

    public static readonly FileFormat[] All = [Mp4, WebM, Jpeg, Png];

    /// <summary>Returns the format of a content type, whose parameters, such as codecs, are ignored; null if it is not accepted.</summary>
    public static FileFormat? OfContentType(string? contentType)
    {
        var type = (contentType ?? "").Split(';', 2)[0].Trim();
        return Array.Find(All, f => f.ContentType.Equals(type, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Returns the format of a stored file by the extension of its name; null if there is none.</summary>
    public static FileFormat? OfName(string fileName) =>
        Array.Find(All, f => f.Extension == Path.GetExtension(fileName));

    /// <summary>Returns the format of a file by its first bytes; null if it is not accepted.</summary>
    public static FileFormat? Detect(ReadOnlySpan<byte> header)
    {
        if (Mp4Boxes.IsHeader(header))
            return Mp4;
        if (EbmlElements.IsHeader(header))
            return WebM;
        return Pictures.IsJpegHeader(header) ? Jpeg : Pictures.IsPngHeader(header) ? Png : null;
    }

    /// <summary>
    /// Whether a file is complete by its structure: all parts have their stated lengths, and there is something to display. Nothing is
    /// decoded.
    /// </summary>
    public bool IsComplete(FileBytes file) =>
        this == Mp4 ? Mp4Boxes.IsComplete(file)
        : this == WebM ? EbmlElements.IsComplete(file)
        : this == Jpeg ? Pictures.IsCompleteJpeg(file)
        : Pictures.IsCompletePng(file);
}
