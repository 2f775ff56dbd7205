using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Settlements.Cli;

/// <summary>The one document that <c>--json</c> prints. Amounts are numbers in plain decimal notation.</summary>
internal static class Json
{
    // Text comes out as it is: the document goes to a pipe, not into a page.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static void Print<T>(T document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, Options));

    /// <summary>Seconds to the millisecond.</summary>
    public static decimal Seconds(TimeSpan duration) => Math.Round((decimal)duration.TotalSeconds, 3);
}
