using System.Text.Json;

namespace Settlements;

/// <summary>Reads the rates of meters from a settlement file, or from a JSON object that is the part <c>rates</c> of one.</summary>
internal static class RatesPart
{
    private const char ByteOrderMark = '\uFEFF';

    private static readonly JsonDocumentOptions Syntax = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="json">The text.</param>
    /// <param name="name">The name by which errors refer to the text.</param>
    /// <param name="errors">Receives the errors of values.</param>
    /// <param name="read">Reads the rates of one meter.</param>
    /// <exception cref="SettlementFileException">The text is not valid JSON.</exception>
    public static void Read(string json, string name, FileErrors errors, Action<string, FileValue> read)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(json), Syntax);
            foreach (var (meter, rates) in Meters(document.RootElement, errors).Where(member => member.Name != "$schema"))
                read(meter, rates);
        }
        catch (JsonException e)
        {
            throw new SettlementFileException([FormattableString.Invariant(
                $"{name}: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: the text is not valid JSON. {FileErrors.Reason(e)}")]);
        }
        catch (InvalidOperationException)
        {
            throw new SettlementFileException(
                [$"{name}: a string contains an unpaired surrogate, such as \\ud800. Write complete characters."]);
        }
    }

    /// <summary>Returns a text without a byte order mark at its beginning.</summary>
    public static ReadOnlyMemory<char> WithoutMark(string text) => text.AsMemory(text.StartsWith(ByteOrderMark) ? 1 : 0);

    public static SettlementFileException NoRates(string name) =>
        new([$"{name}: $: there are no rates. Add \"rates\": {{ \"video.view\": {{ \"versions\": [ … ] }} }}."]);

    /// <summary>Returns the meters; of a settlement file, only its part <c>rates</c> is read.</summary>
    private static IReadOnlyList<(string Name, FileValue Value)> Meters(JsonElement root, FileErrors errors)
    {
        var isFile = root.ValueKind == JsonValueKind.Object
            && (root.TryGetProperty("rates", out _) || root.TryGetProperty("calendar", out _));
        if (!isFile)
            return new FileValue(errors, "$", root).Members();
        return root.TryGetProperty("rates", out var rates) ? new FileValue(errors, "$.rates", rates).Members() : [];
    }
}
