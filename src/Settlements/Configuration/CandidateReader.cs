using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements;

/// <summary>Reads the rates of a settlement file, or a JSON object of the rates of meters, which is the part <c>rates</c> of one.</summary>
internal static class CandidateReader
{
    private static readonly JsonDocumentOptions Syntax = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="SettlementFileException">The text is invalid. The exception lists all errors.</exception>
    public static IReadOnlyList<MeterRates> Parse(string json, string name)
    {
        var (content, errors) = (new FileContent(), new FileErrors(name));
        try
        {
            using var document = JsonDocument.Parse(json, Syntax);
            Read(document.RootElement, content, errors);
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

        if (errors.All.Count > 0)
            throw new SettlementFileException(errors.All);
        var (builder, options) = (new SettlementBuilder(new ServiceCollection()), new SettlementOptions());
        foreach (var section in content.Sections)
            section.Apply(builder);
        builder.Apply(options);
        return options.Rates.Count > 0
            ? [.. options.Rates.Values.OrderBy(r => r.Meter, Utf8Order.Instance)]
            : throw new SettlementFileException(
                [$"{name}: $: there are no rates. Add \"rates\": {{ \"video.view\": {{ \"versions\": [ … ] }} }}."]);
    }

    private static void Read(JsonElement root, FileContent content, FileErrors errors)
    {
        var value = new FileValue(errors, "$", root);
        var isFile = root.ValueKind == JsonValueKind.Object
            && (root.TryGetProperty("rates", out _) || root.TryGetProperty("calendar", out _));
        if (isFile)
        {
            // The rest of a settlement file is not part of a trial.
            value = root.TryGetProperty("rates", out var rates) ? new FileValue(errors, "$.rates", rates) : default;
            if (rates.ValueKind == JsonValueKind.Undefined)
                return;
        }

        foreach (var (meter, rates) in value.Members().Where(member => member.Name != "$schema"))
            RatesReader.Read(meter, rates, content, errors);
    }
}
