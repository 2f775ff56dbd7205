using System.Buffers.Binary;
using System.Text;

namespace Settlement.SampleHost.Tests.Uploads;

/// <summary>Files for uploads.</summary>
internal static class SampleFiles
{
    /// <summary>Six seconds, recorded with Chromium's MediaRecorder from a canvas.</summary>
    public static readonly byte[] WebM = Read();

    /// <summary>The position of the segment's length, of eight bytes.</summary>
    private const int SegmentLengthAt = 0x28;

    /// <summary>As a live recording: the length of the segment is unknown.</summary>
    public static byte[] LiveWebM =>
        [.. WebM[..SegmentLengthAt], 0x01, .. Enumerable.Repeat((byte)0xFF, 7), .. WebM[(SegmentLengthAt + 8)..]];

    /// <summary>A header of an older Matroska type, which browsers don't play.</summary>
    public static byte[] Matroska =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(WebM).Replace("webm", "mtrs", StringComparison.Ordinal));

    public static readonly byte[] Mp4 = MakeMp4("isom");

    public static readonly byte[] Jpeg =
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC0, 0, 11, 8, 0, 90, 0, 160, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 2, 7, 7, 7, 0xFF, 0xD9];

    public static readonly byte[] Png = MakePng(160);

    public static byte[] MakePng(uint width)
    {
        byte[] file =
        [
            0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 90, 8, 2, 0, 0, 0, 1, 2, 3, 4,
            0, 0, 0, 0, .. "IEND"u8, 0xAE, 0x42, 0x60, 0x82,
        ];
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(16), width);
        return file;
    }

    public static byte[] MakeMp4(string brand, int dataBytes = 500) =>
    [
        .. Box("ftyp", [.. Encoding.ASCII.GetBytes(brand), 0, 0, 2, 0, .. "isommp42"u8]), .. Box("moov", new byte[100]),
        .. Box("mdat", new byte[dataBytes]),
    ];

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Returns the first half of a file.</summary>
    public static byte[] Half(byte[] file) => file[..(file.Length / 2)];

    public static byte[] Box(string type, byte[] content)
    {
        var box = new byte[8 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(box, 4);
        content.CopyTo(box, 8);
        return box;
    }

    private static byte[] Read()
    {
        using var stream = typeof(SampleFiles).Assembly.GetManifestResourceStream("recorded.webm")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
