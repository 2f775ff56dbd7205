using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Settlements.Cli;

/// <summary>Prints the JSON document of <c>--json</c>. Amounts are numbers in plain decimal notation.</summary>
internal static class Json
{
    // Relaxed escaping: the document is not embedded in HTML.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static void Print<T>(T document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, Options));

    /// <summary>Prints a document with another property.</summary>
    public static void Print<T>(T document, string name, object? value)
    {
        var node = JsonSerializer.SerializeToNode(document, Options)!.AsObject();
        node.Add(name, JsonSerializer.SerializeToNode(value, Options));
        Print(node);
    }

    /// <summary>Returns a duration in seconds, rounded to milliseconds.</summary>
    public static decimal Seconds(TimeSpan duration) => Math.Round((decimal)duration.TotalSeconds, 3);
}
