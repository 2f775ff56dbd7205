using System.Buffers.Binary;

namespace Settlement.SampleHost.Uploads;

/// <summary>
/// The structure of JPEG and PNG files. Pictures larger than <see cref="SideMax"/> are rejected, because browsers decode all of them.
/// </summary>
internal static class Pictures
{
    /// <summary>The maximum width and height, in pixels.</summary>
    public const int SideMax = 4_096;

    private const int SegmentsMax = 1_000;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> PngEnd => [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];

    public static bool IsPngHeader(ReadOnlySpan<byte> header) => header.StartsWith(PngSignature);

    public static bool IsJpegHeader(ReadOnlySpan<byte> header) => header is [0xFF, 0xD8, 0xFF, ..];

    /// <summary>Whether the first chunk has an accepted size, and the last is the end.</summary>
    public static bool IsCompletePng(FileBytes file)
    {
        Span<byte> header = stackalloc byte[24];
        Span<byte> end = stackalloc byte[PngEnd.Length];
        return file.TryRead(0, header) && header[12..16].SequenceEqual("IHDR"u8)
            && IsAccepted(BinaryPrimitives.ReadUInt32BigEndian(header[16..]), BinaryPrimitives.ReadUInt32BigEndian(header[20..]))
            && file.TryRead(file.Length - PngEnd.Length, end) && end.SequenceEqual(PngEnd);
    }

    /// <summary>Whether the frame has an accepted size, and the file ends with the end marker.</summary>
    public static bool IsCompleteJpeg(FileBytes file)
    {
        Span<byte> end = stackalloc byte[2];
        if (file.Length < 4 || !file.TryRead(file.Length - 2, end) || end is not [0xFF, 0xD9])
            return false;
        Span<byte> segment = stackalloc byte[9];
        var position = 2L;
        for (var segments = 0; segments < SegmentsMax && file.TryRead(position, segment) && segment[0] == 0xFF; segments++)
        {
            // Start of frame, except the markers for tables that have numbers of the same range (DHT, JPG, DAC).
            if (segment[1] is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return IsAccepted(BinaryPrimitives.ReadUInt16BigEndian(segment[7..]), BinaryPrimitives.ReadUInt16BigEndian(segment[5..]));
            var length = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
            if (length < 2)
                return false;
            position += 2 + length;
        }

        return false;
    }

    private static bool IsAccepted(uint width, uint height) => width is >= 1 and <= SideMax && height is >= 1 and <= SideMax;
}
