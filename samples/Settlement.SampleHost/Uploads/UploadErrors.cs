using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Uploads;

/// <summary>The errors of uploads, each with its remedy.</summary>
internal static class UploadErrors
{
    public static PlatformException UnknownType() => new(
        StatusCodes.Status415UnsupportedMediaType, "File type not accepted",
        $"The content type of the request is not accepted. Send the file as the body, with the content type {FileFormat.Accepted}.");

    public static PlatformException OtherContent(FileFormat format) => new(
        StatusCodes.Status415UnsupportedMediaType, "File type not accepted",
        $"The content of the file is not {format.ContentType}. Accepted are MP4 and WebM videos, and JPEG and PNG pictures.");

    public static PlatformException Incomplete(FileFormat format) => new(
        StatusCodes.Status422UnprocessableEntity, "File damaged",
        $"The {format.ContentType} file is truncated, has nothing to display, or is a picture of more than {Pictures.SideMax} pixels "
        + $"a side. Export it again.");

    public static PlatformException Empty() =>
        PlatformException.BadRequest("The file is empty. Send its content as the body of the request.");

    public static PlatformException TooLarge(long bytesMax) => new(
        StatusCodes.Status413PayloadTooLarge, "File too large",
        $"The file is larger than {bytesMax} bytes. Use a lower resolution or bit rate.");

    public static PlatformException QuotaExceeded(long used, long quota) => new(
        StatusCodes.Status413PayloadTooLarge, "Storage is full",
        $"Your files have {used} of {quota} bytes, and this file would exceed that. Delete a video, or send the request with a "
        + $"Content-Length header.");

    public static PlatformException TooSlow() => PlatformException.Conflict(
        "Upload took too long", "The file was received, but its reservation had expired. Send it again on a faster connection.");
}
