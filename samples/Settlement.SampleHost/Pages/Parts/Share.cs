using System.Globalization;

namespace Settlement.SampleHost.Pages.Parts;

/// <summary>Formats shares as CSS widths.</summary>
internal static class Share
{
    /// <summary>Returns a share as a percentage, from 0 % to 100 %.</summary>
    public static string Percent(decimal part, decimal total) =>
        string.Create(CultureInfo.InvariantCulture, $"{(total <= 0 ? 0 : Math.Clamp(part / total * 100, 0, 100)):0.##}%");
}
