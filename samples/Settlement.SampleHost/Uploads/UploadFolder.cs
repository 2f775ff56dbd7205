namespace Settlement.SampleHost.Uploads;

/// <summary>The folder of uploaded files. A file has its final name once it is complete. Thread-safe.</summary>
internal sealed class UploadFolder(UploadOptions options)
{
    /// <summary>The extension of files that are being received.</summary>
    private const string PartExtension = ".part";

    private const int BufferBytes = 128 * 1024;

    private readonly string _folder = Path.GetFullPath(options.Folder);

    /// <summary>Returns the path of a complete file.</summary>
    public string PathOf(string fileName) => Path.Combine(_folder, fileName);

    /// <summary>Writes a file from a stream, without holding it in memory, and renames it when it is complete.</summary>
    /// <param name="fileName">The name; there must be no such file.</param>
    /// <param name="format">The declared format.</param>
    /// <param name="content">The content.</param>
    /// <param name="cancellationToken">Cancels the call; nothing remains then.</param>
    /// <returns>The size in bytes.</returns>
    /// <exception cref="Hosting.PlatformException">
    /// The content is empty, too large, of another format or incomplete, or its reservation expired.
    /// </exception>
    public async Task<long> WriteAsync(string fileName, FileFormat format, Stream content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var part = PathOf(fileName) + PartExtension;
        try
        {
            long bytes;
            await using (var file = new FileStream(part, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous, BufferSize = 0,
            }))
            {
                bytes = await CopyAsync(content, file, format, cancellationToken);
                if (!format.IsComplete(new FileBytes(file.SafeFileHandle)))
                    throw UploadErrors.Incomplete(format);
                file.Flush(flushToDisk: true);
            }

            try
            {
                File.Move(part, PathOf(fileName));
            }
            catch (FileNotFoundException)
            {
                // The clean-up has deleted it with its expired reservation.
                throw UploadErrors.TooSlow();
            }

            return bytes;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Deletes a file, complete or not, if it exists.</summary>
    public void Delete(string fileName)
    {
        if (!Directory.Exists(_folder))
            return;
        File.Delete(PathOf(fileName));
        File.Delete(PathOf(fileName) + PartExtension);
    }

    /// <summary>
    /// Returns the names of files, complete or not, that were last written before an instant. Ignores files of other names.
    /// </summary>
    public IReadOnlyList<string> List(DateTimeOffset writtenBefore)
    {
        if (!Directory.Exists(_folder))
            return [];
        return [.. new DirectoryInfo(_folder).EnumerateFiles().Where(f => f.LastWriteTimeUtc < writtenBefore.UtcDateTime)
            .Select(f => f.Name.EndsWith(PartExtension, StringComparison.Ordinal) ? f.Name[..^PartExtension.Length] : f.Name)
            .Where(Upload.IsName).Distinct()];
    }

    private async Task<long> CopyAsync(Stream content, FileStream file, FileFormat format, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        var (bytes, bytesMax) = (0L, options.BytesMax(format));
        while (true)
        {
            // The first write has the complete header, so that a file of another format is rejected before the rest is received.
            var read = await content.ReadAtLeastAsync(
                buffer, bytes == 0 ? FileFormat.HeaderBytes : 1, throwOnEndOfStream: false, cancellationToken);
            if (read == 0)
                break;
            if (bytes == 0 && FileFormat.Detect(buffer.AsSpan(0, read)) != format)
                throw UploadErrors.OtherContent(format);
            bytes += read;
            if (bytes > bytesMax)
                throw UploadErrors.TooLarge(bytesMax);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return bytes > 0 ? bytes : throw UploadErrors.Empty();
    }
}
