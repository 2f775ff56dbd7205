namespace Settlement.SampleHost.Uploads;

/// <summary>The folder and the limits of uploaded files: configuration section <c>Uploads</c>.</summary>
internal sealed class UploadOptions
{
    public const string Section = "Uploads";

    /// <summary>
    /// The folder of the files, created by the first upload. Relative to the working directory, as is the file of the SQLite store. All
    /// instances of a database need the same folder. Default <c>settlement-sample-uploads</c>.
    /// </summary>
    public string Folder { get; set; } = "settlement-sample-uploads";

    /// <summary>The maximum size of a video, in bytes. Default 256 MiB; at least 1.</summary>
    public long VideoBytesMax { get; set; } = 256L * 1024 * 1024;

    /// <summary>The maximum size of a thumbnail, in bytes. Default 1 MiB; at least 1.</summary>
    public long ThumbnailBytesMax { get; set; } = 1024 * 1024;

    /// <summary>The total size of a creator's files, in bytes. Default 2 GiB; at least <see cref="VideoBytesMax"/>.</summary>
    public long QuotaBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>The age from which a file that no video uses is deleted. Default 1 day; at least 1 minute.</summary>
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromDays(1);

    public long BytesMax(FileFormat format) => format.IsVideo ? VideoBytesMax : ThumbnailBytesMax;

    /// <summary>Reads and validates the options.</summary>
    /// <exception cref="InvalidOperationException">A setting is out of range; the message names it.</exception>
    public static UploadOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<UploadOptions>() ?? new UploadOptions();
        if (string.IsNullOrWhiteSpace(options.Folder))
            throw new InvalidOperationException($"{Section}:{nameof(Folder)} is empty. Use the path of a folder.");
        Check(options.VideoBytesMax, 1, nameof(VideoBytesMax));
        Check(options.ThumbnailBytesMax, 1, nameof(ThumbnailBytesMax));
        Check(options.QuotaBytes, options.VideoBytesMax, nameof(QuotaBytes));
        if (options.AbandonedAfter < TimeSpan.FromMinutes(1))
        {
            throw new InvalidOperationException(
                $"{Section}:{nameof(AbandonedAfter)} is {options.AbandonedAfter}. Use 00:01:00 or more.");
        }

        return options;
    }

    private static void Check(long bytes, long min, string name)
    {
        if (bytes < min)
            throw new InvalidOperationException($"{Section}:{name} is {bytes}. Use {min} bytes or more.");
    }
}
