using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Localization;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Languages;

/// <summary>
/// The words of the pages, in the language of the request: a JSON file for the pages and one for those of admins, which travel inside the program. A key that a language lacks is
/// looked up in English. Thread-safe.
/// </summary>
internal sealed class Words : IStringLocalizer
{
    public const string English = "en";
    public const string Korean = "ko";

    /// <summary>The languages there are, the first one for everybody who asks for none of them.</summary>
    public static readonly string[] Languages = [English, Korean];

    private readonly Dictionary<string, Dictionary<string, string>> _words = Languages.ToDictionary(l => l, Read, StringComparer.Ordinal);

    /// <summary>The language of the request that is under way.</summary>
    public static string Language => Languages.Contains(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName)
        ? CultureInfo.CurrentUICulture.TwoLetterISOLanguageName
        : English;

    public LocalizedString this[string name] => Find(name) is { } text ? new(name, text) : new(name, name, resourceNotFound: true);

    public LocalizedString this[string name, params object[] arguments] =>
        Find(name) is { } text ? new(name, string.Format(CultureInfo.CurrentCulture, text, arguments)) : new(name, name, resourceNotFound: true);

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => _words[Language].Select(w => new LocalizedString(w.Key, w.Value));

    /// <summary>The keys and words of a language, for whoever compares them.</summary>
    public IReadOnlyDictionary<string, string> Of(string language) => _words[language];

    /// <summary>What was wrong, in the language of the request; where it has no words for it, in English, and the page marks it so.</summary>
    public (string Title, string Detail, bool IsDetailEnglish) Problem(PlatformException problem)
    {
        var detail = _words[Language].GetValueOrDefault($"problem.{problem.Message}");
        return (Find($"problem.{problem.Title}") ?? problem.Title, detail ?? problem.Message, detail is null && Language != English);
    }

    private string? Find(string name) => _words[Language].GetValueOrDefault(name) ?? _words[English].GetValueOrDefault(name);

    private static Dictionary<string, string> Read(string language)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in (string[])[language, $"{language}-admin"])
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"languages/{file}.json")!;
            foreach (var (key, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!)
                words.Add(key, text);
        }

        return words;
    }
}
