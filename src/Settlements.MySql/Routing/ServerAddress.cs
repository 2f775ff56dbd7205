using System.Globalization;

namespace Settlements.MySql;

/// <summary>A server's address, and its share of the reads.</summary>
/// <param name="Server">A DNS name or an IP address; an IPv6 address without brackets. Never empty: there is no default of
/// localhost.</param>
/// <param name="Port">From 1 to 65535; default 3306.</param>
/// <param name="Weight">Its share of the reads among servers that satisfy a request. From 1 to 1,000; default 1.</param>
public sealed record ServerAddress(string Server, int Port = ServerAddress.PortDefault, int Weight = 1)
{
    /// <summary>3306, the port of MySQL and MariaDB.</summary>
    public const int PortDefault = 3306;

    /// <summary>Parses an address: <c>db1</c>, <c>db1:3307</c>, <c>[::1]:3307</c> or <c>::1</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="portDefault">The port if the text contains none.</param>
    /// <param name="weight">The server's share of the reads.</param>
    /// <returns>The address.</returns>
    /// <exception cref="FormatException">The text has no server name, or no port after the colon.</exception>
    public static ServerAddress Parse(string text, int portDefault = PortDefault, int weight = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var close = trimmed.StartsWith('[') ? trimmed.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = close >= 0 ? trimmed.IndexOf(':', close) : trimmed.IndexOf(':', StringComparison.Ordinal);
        if (close < 0 && colon >= 0 && trimmed.IndexOf(':', colon + 1) >= 0)
            colon = -1; // an IPv6 address without a port
        var server = (colon < 0 ? trimmed : trimmed[..colon]).Trim('[', ']', ' ');
        var port = portDefault;
        return server.Length > 0
            && (colon < 0 || int.TryParse(trimmed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            ? new ServerAddress(server, port, weight)
            : throw new FormatException($"'{text}' is not a server address: write db1, db1:3307 or [::1]:3307.");
    }

    /// <summary>Returns name and port, as messages and telemetry name the server.</summary>
    /// <returns>For example <c>db1:3306</c>.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Server.Contains(':', StringComparison.Ordinal) ? $"[{Server}]" : Server)}:{Port}");
}
