using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>
/// Renders the page as HTML: one table, without scripts and external resources. Elements have explicit ARIA roles, since browsers drop the
/// table's semantics when the narrow layout changes its display.
/// </summary>
internal static class ServersPage
{
    private const string Unknown = "unknown";

    /// <summary>The longest name that stays on one line, in characters.</summary>
    private const int NameLengthUnbroken = 40;

    private static readonly string[] Columns = ["Server", "Role", "State", "Lag", "In flight", "Weight", "Version", "Position"];

    public static string Render(IReadOnlyList<ServerStatus> servers, DateTimeOffset asOf)
    {
        var primary = PrimaryStatus.Of(servers);
        var up = servers.Count(s => s.State == ServerState.Up);
        var noun = servers.Count == 1 ? "server is" : "servers are";
        var tone = primary.State != PrimaryState.Present ? "bad" : up < servers.Count ? "fair" : "good";
        var html = new StringBuilder(8 * 1024);
        html.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{(primary.State == PrimaryState.Present ? "" : "! ")}Database servers: {up} of {servers.Count} up</title>
            <style>{ServersStyle.Css}</style>
            </head>
            <body>
            <main>
            <h1>Database servers</h1>
            <p class="sum {tone}">{Encode(primary.Description)} {up} of {servers.Count} {noun} up.</p>
            <table role="table">
            <thead role="rowgroup"><tr role="row">
            """);
        foreach (var column in Columns)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\" role=\"columnheader\">{column}</th>");
        html.Append("</tr></thead>\n");
        foreach (var server in servers)
            AppendServer(html, server, ServerRemedy.Of(server, servers));
        html.Append(CultureInfo.InvariantCulture, $"""
            </table>
            <p class="note">As of
            <time datetime="{asOf.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}">{asOf.UtcDateTime:d MMMM yyyy, HH:mm:ss} UTC</time>.
            Reload the page to update it.
            A replica has all transactions that were committed longer ago than its lag.
            In flight is the number of this application's open connections.</p>
            </main>
            </body>
            </html>

            """);
        return html.ToString();
    }

    private static void AppendServer(StringBuilder html, ServerStatus server, string remedy)
    {
        var lag = server.Lag is { } behind ? ServerText.Duration(behind) : server.Role == ServerRole.Primary ? "none" : Unknown;
        var nameKind = server.Name.Length > NameLengthUnbroken ? "long" : "short";
        html.Append("<tbody role=\"rowgroup\"><tr role=\"row\">");
        html.Append(CultureInfo.InvariantCulture, $"<th scope=\"row\" role=\"rowheader\" class=\"{nameKind}\">{Encode(server.Name)}</th>");
        AppendCell(html, "Role", server.Role.ToString());
        html.Append(
            CultureInfo.InvariantCulture,
            $"<td role=\"cell\" data-label=\"State\"><span class=\"state {Tone(server)}\">{server.State}</span></td>");
        AppendCell(html, "Lag", lag, "number");
        AppendCell(html, "In flight", server.InFlight.ToString("N0", CultureInfo.InvariantCulture), "number");
        AppendCell(html, "Weight", server.Weight.ToString("N0", CultureInfo.InvariantCulture), "number");
        AppendCell(html, "Version", server.Version ?? Unknown);
        AppendCell(html, "Position", server.Position.IsNone ? Unknown : server.Position.ToString(), "position");
        html.Append("</tr>");
        AppendNote(html, "Detail", server.Detail);
        AppendNote(html, "Remedy", remedy);
        html.Append("</tbody>\n");
    }

    /// <summary>Appends a row across all columns; none when the text is empty.</summary>
    private static void AppendNote(StringBuilder html, string label, string text)
    {
        if (text.Length == 0)
            return;
        html.Append(CultureInfo.InvariantCulture, $"<tr role=\"row\" class=\"detail\"><td role=\"cell\" colspan=\"{Columns.Length}\"");
        html.Append(
            CultureInfo.InvariantCulture, $" aria-colspan=\"{Columns.Length}\" "
                + $"data-label=\"{label}\"><span>{Encode(text)}</span></td></tr>");
    }

    /// <summary>
    /// Appends a cell. Its text is one element, which the narrow layout puts beside its label. A position has one line per part.
    /// </summary>
    private static void AppendCell(StringBuilder html, string label, string text, string kind = "text")
    {
        var quiet = text is "none" or Unknown ? " class=\"quiet\"" : "";
        var content = kind == "position" ? Encode(text).Replace(",", ",<br />", StringComparison.Ordinal) : Encode(text);
        html.Append(
            CultureInfo.InvariantCulture, $"<td role=\"cell\" data-label=\"{label}\" class=\"{kind}\"><span{quiet}>{content}</span></td>");
    }

    private static string Tone(ServerStatus server) => server.State switch
    {
        ServerState.Up => "good",
        ServerState.Down or ServerState.Refused => "bad",
        ServerState.Unknown => "plain",
        _ => "fair",
    };

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
