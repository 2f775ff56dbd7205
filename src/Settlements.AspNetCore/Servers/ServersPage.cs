using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>
/// The page as HTML: one table, no script, nothing loaded. The roles are said in words too, since browsers forget what a table is when its rows are
/// laid out one below the other on a phone.
/// </summary>
internal static class ServersPage
{
    private const string Unknown = "unknown";

    /// <summary>A name that is not longer, in characters, stays on one line.</summary>
    private const int NameLengthUnbroken = 40;

    private static readonly string[] Columns = ["Host", "Role", "State", "Lag", "In flight", "Weight", "Version", "Position"];

    public static string Render(IReadOnlyList<ServerStatus> hosts, DateTimeOffset asOf)
    {
        var writer = Writer.Of(hosts);
        var up = hosts.Count(h => h.State == ServerState.Up);
        var tone = writer.State != WriterState.Present ? "bad" : up < hosts.Count ? "fair" : "good";
        var html = new StringBuilder(8 * 1024);
        html.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{(writer.State == WriterState.Present ? "" : "! ")}Database hosts: {up} of {hosts.Count} up</title>
            <style>{ServersStyle.Css}</style>
            </head>
            <body>
            <main>
            <h1>Database hosts</h1>
            <p class="sum {tone}">{Encode(writer.Sentence)} {up} of {hosts.Count} {(hosts.Count == 1 ? "host is" : "hosts are")} up.</p>
            <table role="table">
            <thead role="rowgroup"><tr role="row">
            """);
        foreach (var column in Columns)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\" role=\"columnheader\">{column}</th>");
        html.Append("</tr></thead>\n");
        foreach (var host in hosts)
            AppendHost(html, host, ServerRemedy.Of(host, hosts));
        html.Append(CultureInfo.InvariantCulture, $"""
            </table>
            <p class="note">As of <time datetime="{asOf.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}">{asOf.UtcDateTime:d MMMM yyyy, HH:mm:ss} UTC</time>. Load the page again for the state then.
            A replica has all that was committed longer ago than its lag. In flight are this application's own connections.</p>
            </main>
            </body>
            </html>

            """);
        return html.ToString();
    }

    private static void AppendHost(StringBuilder html, ServerStatus host, string remedy)
    {
        // A primary is behind nobody. What else is missing is not known.
        var lag = host.Lag is { } behind ? ServerText.Duration(behind) : host.Role == ServerRole.Primary ? "none" : Unknown;
        var nameKind = host.Name.Length > NameLengthUnbroken ? "long" : "short";
        html.Append("<tbody role=\"rowgroup\"><tr role=\"row\">");
        html.Append(CultureInfo.InvariantCulture, $"<th scope=\"row\" role=\"rowheader\" class=\"{nameKind}\">{Encode(host.Name)}</th>");
        AppendCell(html, "Role", host.Role.ToString());
        html.Append(CultureInfo.InvariantCulture, $"<td role=\"cell\" data-label=\"State\"><span class=\"state {Tone(host)}\">{host.State}</span></td>");
        AppendCell(html, "Lag", lag, "number");
        AppendCell(html, "In flight", host.InFlight.ToString("N0", CultureInfo.InvariantCulture), "number");
        AppendCell(html, "Weight", host.Weight.ToString("N0", CultureInfo.InvariantCulture), "number");
        AppendCell(html, "Version", host.Version ?? Unknown);
        AppendCell(html, "Position", host.Position.IsNone ? Unknown : host.Position.ToString(), "position");
        html.Append("</tr>");
        AppendNote(html, "Detail", host.Detail);
        AppendNote(html, "Remedy", remedy);
        html.Append("</tbody>\n");
    }

    /// <summary>A row of its own, the table's whole width; none without a text.</summary>
    private static void AppendNote(StringBuilder html, string label, string text)
    {
        if (text.Length == 0)
            return;
        html.Append(CultureInfo.InvariantCulture, $"<tr role=\"row\" class=\"detail\"><td role=\"cell\" colspan=\"{Columns.Length}\"");
        html.Append(CultureInfo.InvariantCulture, $" aria-colspan=\"{Columns.Length}\" data-label=\"{label}\"><span>{Encode(text)}</span></td></tr>");
    }

    /// <summary>Its text is one element, so that it stays together beside its label. A position has a line for each of its servers.</summary>
    private static void AppendCell(StringBuilder html, string label, string text, string kind = "text")
    {
        var quiet = text is "none" or Unknown ? " class=\"quiet\"" : "";
        var content = kind == "position" ? Encode(text).Replace(",", ",<br />", StringComparison.Ordinal) : Encode(text);
        html.Append(CultureInfo.InvariantCulture, $"<td role=\"cell\" data-label=\"{label}\" class=\"{kind}\"><span{quiet}>{content}</span></td>");
    }

    private static string Tone(ServerStatus host) => host.State switch
    {
        ServerState.Up => "good",
        ServerState.Down or ServerState.Refused => "bad",
        ServerState.Unknown => "plain",
        _ => "fair",
    };

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
