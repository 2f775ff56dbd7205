using System.Runtime.CompilerServices;

namespace Settlements;

/// <summary>Reads the numbers of packed segments: 7 bits per byte, the lowest first, and signed ones zigzag-encoded.</summary>
internal static class PackedNumber
{
    /// <summary>Reads a number, and advances to the byte after it.</summary>
    /// <exception cref="IndexOutOfRangeException">The bytes end within the number.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Read(byte[] packed, ref int at)
    {
        var (value, shift) = (0ul, 0);
        for (; packed[at] >= 0x80; at++, shift += 7)
            value |= (ulong)(packed[at] & 0x7F) << shift;
        return value | (ulong)packed[at++] << shift;
    }

    /// <summary>Reads a signed number, and advances to the byte after it.</summary>
    /// <exception cref="IndexOutOfRangeException">The bytes end within the number.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long ReadSigned(byte[] packed, ref int at)
    {
        var zigzag = Read(packed, ref at);
        return unchecked((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
    }
}
