using System.Globalization;
using System.Text.Json;

namespace Settlements;

/// <summary>A value of a file and its JSON path. A value of the wrong type adds an error and is read as null.</summary>
/// <param name="errors">The errors of the file.</param>
/// <param name="path">The JSON path.</param>
/// <param name="element">The value.</param>
/// <param name="isSecret">Whether errors don't show the value: it contains a secret, or was perhaps written in place of a name.</param>
internal readonly struct FileValue(FileErrors errors, string path, JsonElement element, bool isSecret = false)
{
    private const int ValueLengthMax = 60;

    public string Path => path;

    public JsonValueKind Kind => element.ValueKind;

    /// <summary>Returns the value as one that errors don't show.</summary>
    public FileValue AsSecret() => new(errors, path, element, isSecret: true);

    public string? Text()
    {
        if (element.ValueKind != JsonValueKind.String)
            return Fail<string>("use text in double quotes");
        var text = element.GetString()!;
        return string.IsNullOrWhiteSpace(text) ? Fail<string>("it is empty; use at least one character") : text;
    }

    public string? PossiblyEmptyText() =>
        element.ValueKind == JsonValueKind.String ? element.GetString() : Fail<string>("use text in double quotes");

    /// <summary>
    /// Reads the name of an environment variable, and returns the variable's value. Errors don't show the name: it could be the secret
    /// itself.
    /// </summary>
    public string? EnvironmentVariable() => AsSecret() is var secret && secret.Text() is not { } name ? null
        : Environment.GetEnvironmentVariable(name) is { Length: > 0 } content ? content
        : secret.Fail<string>("the environment has no variable of this name; set it for the process, or name another one");

    public long? Integer() =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number)
            ? number
            : Fail<long?>("use an integer without quotes");

    public int? Int32() =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number)
            ? number
            : Fail<int?>(FormattableString.Invariant($"use an integer up to {int.MaxValue} without quotes"));

    public decimal? Number() =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var number)
            ? number
            : Fail<decimal?>("use a number, such as 1.1");

    public bool? Boolean() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => Fail<bool?>("use true or false"),
    };

    public DateOnly? Date() =>
        element.ValueKind == JsonValueKind.String
        && DateOnly.TryParseExact(element.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : Fail<DateOnly?>("use a date of the form yyyy-MM-dd, such as \"2024-07-01\"");

    /// <summary>Reads a duration in the .NET format <c>[d.]hh:mm:ss[.fffffff]</c>.</summary>
    public TimeSpan? Duration() =>
        element.ValueKind == JsonValueKind.String
        && TimeSpan.TryParseExact(element.GetString(), "c", CultureInfo.InvariantCulture, out var duration)
            ? duration
            : Fail<TimeSpan?>("use a duration of the form [d.]hh:mm:ss, such as \"00:10:00\" for 10 minutes");

    public T? Choice<T>(params ReadOnlySpan<(string Name, T Value)> choices)
        where T : struct
    {
        var text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        foreach (var (name, value) in choices)
        {
            if (name == text)
                return value;
        }

        var names = new List<string>();
        foreach (var (name, _) in choices)
            names.Add($"\"{name}\"");
        return Fail<T?>($"use {string.Join(", ", names.SkipLast(1))}{(names.Count > 1 ? " or " : "")}{names[^1]}");
    }

    /// <param name="kind">The name of the object's definition in the schema.</param>
    public FileObject? Object(string kind) =>
        element.ValueKind == JsonValueKind.Object ? new FileObject(errors, path, element, kind) : Fail<FileObject>("use an object, { … }");

    /// <summary>Reads the members of an object whose names are not fixed.</summary>
    public IReadOnlyList<(string Name, FileValue Value)> Members()
    {
        if (element.ValueKind != JsonValueKind.Object)
            return Fail<IReadOnlyList<(string, FileValue)>>("use an object, { … }") ?? [];
        var members = new List<(string, FileValue)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var at = PathOf(path, member.Name);
            if (names.Add(member.Name))
                members.Add((member.Name, new(errors, at, member.Value)));
            else
                errors.Add(at, "occurs twice. Remove one of the two.");
        }

        return members;
    }

    public IReadOnlyList<FileValue> Items()
    {
        if (element.ValueKind != JsonValueKind.Array)
            return Fail<IReadOnlyList<FileValue>>("use an array, [ … ]") ?? [];
        var items = new List<FileValue>();
        foreach (var item in element.EnumerateArray())
            items.Add(new(errors, FormattableString.Invariant($"{path}[{items.Count}]"), item, isSecret));
        return items;
    }

    /// <summary>Adds an error of this value.</summary>
    public T? Fail<T>(string remedy)
    {
        errors.Add(path, $"the value is {ValueText()}; {remedy}.");
        return default;
    }

    /// <summary>
    /// Returns the path of a member: with a dot, or in brackets when its name has characters other than letters, digits, <c>_</c> and
    /// <c>$</c>.
    /// </summary>
    public static string PathOf(string parent, string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$')
        ? $"{parent}.{name}"
        : $"{parent}['{name.Replace("'", "\\'", StringComparison.Ordinal)}']";

    private string ValueText()
    {
        if (element.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            return element.ValueKind == JsonValueKind.Object ? "an object" : "an array";
        if (isSecret)
            return "not shown, since it may be a secret";
        var text = element.GetRawText();
        return text.Length <= ValueLengthMax ? text : $"{text[..ValueLengthMax]}…";
    }
}
