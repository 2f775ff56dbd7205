using System.Numerics;

namespace Settlement.SampleHost.Uploads;

/// <summary>The structure of WebM files, RFC 8794 (EBML) and RFC 9559 (Matroska): elements of an id, a length, and their content.</summary>
internal static class EbmlElements
{
    private const uint Ebml = 0x1A45DFA3;
    private const uint DocType = 0x4282;
    private const uint Segment = 0x18538067;
    private const uint Tracks = 0x1654AE6B;
    private const uint Cluster = 0x1F43B675;

    /// <summary>The maximum length of an element's id and length together.</summary>
    private const int ElementHeaderBytesMax = 12;

    /// <summary>Files with more elements before the first cluster are rejected.</summary>
    private const int ElementsMax = 1_000;

    /// <summary>Whether a file begins with an EBML header of the document type webm.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> header)
    {
        if (!TryReadElement(header, out var root) || root.Id != Ebml)
            return false;
        for (var rest = header[root.HeaderBytes..]; TryReadElement(rest, out var element);)
        {
            var end = element.HeaderBytes + (element.Length ?? long.MaxValue / 2);
            if (end > rest.Length)
                return false;
            if (element.Id == DocType)
                return rest[element.HeaderBytes..(int)end].SequenceEqual("webm"u8);
            rest = rest[(int)end..];
        }

        return false;
    }

    /// <summary>
    /// Whether the segment has tracks and at least the beginning of a cluster, and ends within the file. Its length is unknown in files
    /// that were recorded live; these end with the last cluster.
    /// </summary>
    public static bool IsComplete(FileBytes file)
    {
        if (!TryReadElement(file, 0, out var root) || root.Length is not { } rootLength || rootLength > file.Length)
            return false;
        var position = root.HeaderBytes + rootLength;
        if (!TryReadElement(file, position, out var segment) || segment.Id != Segment)
            return false;
        position += segment.HeaderBytes;
        if (segment.Length is { } segmentLength && segmentLength > file.Length - position)
            return false;

        var hasTracks = false;
        for (var elements = 0; elements < ElementsMax && TryReadElement(file, position, out var element); elements++)
        {
            var content = position + element.HeaderBytes;
            if (element.Id == Cluster)
                return hasTracks && content < file.Length && (element.Length ?? 0) <= file.Length - content;
            if (element.Length is not { } length || length > file.Length - content)
                return false;
            hasTracks |= element.Id == Tracks;
            position = content + length;
        }

        return false;
    }

    private static bool TryReadElement(FileBytes file, long position, out Element element)
    {
        Span<byte> header = stackalloc byte[ElementHeaderBytesMax];
        var available = (int)Math.Clamp(file.Length - position, 0, ElementHeaderBytesMax);
        element = default;
        return file.TryRead(position, header[..available]) && TryReadElement(header[..available], out element);
    }

    private static bool TryReadElement(ReadOnlySpan<byte> bytes, out Element element)
    {
        element = default;
        if (!TryReadNumber(bytes, lengthMax: 4, keepsMarker: true, out var id, out var idBytes)
            || !TryReadNumber(bytes[idBytes..], lengthMax: 8, keepsMarker: false, out var length, out var lengthBytes))
        {
            return false;
        }

        // All value bits set: the length is unknown.
        var isUnknown = length == (1UL << (7 * lengthBytes)) - 1;
        element = new Element((uint)id, isUnknown ? null : (long)length, idBytes + lengthBytes);
        return true;
    }

    /// <summary>Reads a number of variable length: the number of leading zero bits, plus one, is its length in bytes.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> bytes, int lengthMax, bool keepsMarker, out ulong number, out int length)
    {
        number = 0;
        length = bytes.IsEmpty || bytes[0] == 0 ? int.MaxValue : BitOperations.LeadingZeroCount(bytes[0]) - 24 + 1;
        if (length > lengthMax || length > bytes.Length)
            return false;
        number = keepsMarker ? bytes[0] : bytes[0] & ((1UL << (8 - length)) - 1);
        foreach (var next in bytes[1..length])
            number = (number << 8) | next;
        return true;
    }

    /// <summary>An element; its length is null if unknown.</summary>
    private readonly record struct Element(uint Id, long? Length, int HeaderBytes);
}
