using System.Globalization;

namespace Settlement.SampleHost.Pages.Parts;

internal static class Share
{
    /// <summary>A part of a whole as a width, from 0 % to 100 %.</summary>
    public static string Percent(decimal part, decimal whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{(whole <= 0 ? 0 : Math.Clamp(part / whole * 100, 0, 100)):0.##}%");
}
