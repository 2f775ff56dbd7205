using System.Buffers.Binary;
using System.Text;

namespace Settlement.SampleHost.Uploads;

/// <summary>The structure of MP4 files, ISO/IEC 14496-12: boxes of a length, a type of four characters, and their content.</summary>
internal static class Mp4Boxes
{
    private const int BoxHeaderBytes = 8;
    private const int LongBoxHeaderBytes = 16;

    /// <summary>Files with more boxes are rejected; a fragmented video has two for each fragment of some seconds.</summary>
    private const int BoxesMax = 100_000;

    /// <summary>Major brands of videos. Others are pictures (heic, avif), sound (M4A) and QuickTime, which browsers can't play.</summary>
    private static readonly string[] Brands =
    [
        "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "mp41", "mp42", "avc1", "dash", "cmfc", "M4V ", "MSNV",
    ];

    public static bool IsHeader(ReadOnlySpan<byte> header) => header.Length >= LongBoxHeaderBytes
        && header[4..8].SequenceEqual("ftyp"u8)
        && BinaryPrimitives.ReadUInt32BigEndian(header) >= LongBoxHeaderBytes
        && Brands.Contains(Encoding.ASCII.GetString(header[8..12]));

    /// <summary>Whether the boxes of the first level end with the file, and there is an index (moov) and data (mdat).</summary>
    public static bool IsComplete(FileBytes file)
    {
        Span<byte> header = stackalloc byte[LongBoxHeaderBytes];
        var (hasIndex, hasData, position) = (false, false, 0L);
        for (var boxes = 0; position < file.Length; boxes++)
        {
            if (boxes == BoxesMax || !file.TryRead(position, header[..BoxHeaderBytes]))
                return false;
            hasIndex |= header[4..8].SequenceEqual("moov"u8);
            hasData |= header[4..8].SequenceEqual("mdat"u8);
            long length = BinaryPrimitives.ReadUInt32BigEndian(header);
            var isLong = length == 1;
            if (isLong)
            {
                if (!file.TryRead(position, header))
                    return false;
                length = BinaryPrimitives.ReadInt64BigEndian(header[8..]);
            }
            else if (length == 0)
            {
                length = file.Length - position; // up to the end of the file
            }

            if (length < (isLong ? LongBoxHeaderBytes : BoxHeaderBytes) || length > file.Length - position)
                return false;
            position += length;
        }

        return hasIndex && hasData;
    }
}
