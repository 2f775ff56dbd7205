namespace Settlements;

/// <summary>Texts of messages about rates.</summary>
internal static class RateTexts
{
    public static string Name(string meter, string scope, string version) =>
        $"Rate table '{meter}' {(scope.Length == 0 ? "" : scope + " ")}{version}";
}
