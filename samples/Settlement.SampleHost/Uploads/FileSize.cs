using System.Globalization;

namespace Settlement.SampleHost.Uploads;

/// <summary>Formats sizes of files.</summary>
internal static class FileSize
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>Returns a size with a unit, for example 256 MB; a kB has 1,024 bytes, as in the settings.</summary>
    public static string Display(long bytes)
    {
        var (size, unit) = ((decimal)bytes, 0);
        for (; size >= 1_024 && unit < Units.Length - 1; unit++)
            size /= 1_024;
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {Units[unit]}");
    }
}
