using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Localization;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Languages;

/// <summary>
/// Localises the texts of the pages in the language of the request, from embedded JSON files: per language one for the pages, and others by
/// subject. A missing key falls back to English. Thread-safe.
/// </summary>
internal sealed class JsonStringLocalizer : IStringLocalizer
{
    public const string English = "en";
    public const string Korean = "ko";

    /// <summary>The supported languages; the first is the default.</summary>
    public static readonly string[] Languages = [English, Korean];

    private readonly Dictionary<string, Dictionary<string, string>> _texts = Languages.ToDictionary(l => l, Read, StringComparer.Ordinal);

    /// <summary>The language of the current request.</summary>
    public static string Language => Languages.Contains(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName)
        ? CultureInfo.CurrentUICulture.TwoLetterISOLanguageName
        : English;

    public LocalizedString this[string name] => Find(name) is { } text ? new(name, text) : new(name, name, resourceNotFound: true);

    public LocalizedString this[string name, params object[] arguments] =>
        Find(name) is { } text
            ? new(name, string.Format(CultureInfo.CurrentCulture, text, arguments)) : new(name, name, resourceNotFound: true);

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) =>
        _texts[Language].Select(w => new LocalizedString(w.Key, w.Value));

    /// <summary>Returns all keys and texts of a language; used by tests.</summary>
    public IReadOnlyDictionary<string, string> Of(string language) => _texts[language];

    /// <summary>Localises an error. Without a translation its detail is English, and the page marks it as English.</summary>
    public (string Title, string Detail, bool IsDetailEnglish) Problem(PlatformException problem)
    {
        if (problem.Text is var (key, values))
            return (Find($"problem.{problem.Title}") ?? problem.Title, this[key, values], false);
        var (detail, isEnglish) = Error(problem.Detail);
        return (Find($"problem.{problem.Title}") ?? problem.Title, detail, isEnglish);
    }

    /// <summary>Localises the text of an error, by its format; without a translation it is English.</summary>
    public (string Text, bool IsEnglish) Error(ErrorText text) => _texts[Language].GetValueOrDefault($"problem.{text.Format}") is { } found
        ? (string.Format(CultureInfo.InvariantCulture, found, text.Values), false)
        : (text.ToString(), Language != English);

    private string? Find(string name) => _texts[Language].GetValueOrDefault(name) ?? _texts[English].GetValueOrDefault(name);

    private static Dictionary<string, string> Read(string language)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"languages/{language}";
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            foreach (var (key, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!)
                texts.Add(key, text);
        }

        return texts;
    }
}
