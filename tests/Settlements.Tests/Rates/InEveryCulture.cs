using System.Globalization;

namespace Settlements.Tests.Rates;

/// <summary>Runs a check under cultures with other formats of numbers, signs and dates.</summary>
internal static class InEveryCulture
{
    public static void Run(Action check)
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            foreach (var name in new[] { "", "ko-KR", "de-DE", "ar-SA", "fa-IR", "sv-SE", "fr-FR" })
            {
                CultureInfo.CurrentCulture = new CultureInfo(name);
                check();
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
