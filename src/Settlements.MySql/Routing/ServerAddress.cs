using System.Globalization;

namespace Settlements.MySql;

/// <summary>Where a host is reached, and its share of the reads.</summary>
/// <param name="Server">A host name or an IP address; an IPv6 address without brackets. Never empty: nobody is sent to localhost by accident.</param>
/// <param name="Port">From 1 to 65535.</param>
/// <param name="Weight">Its share of the reads among hosts that would all do. From 1 to 1,000.</param>
public sealed record ServerAddress(string Server, int Port = ServerAddress.PortDefault, int Weight = 1)
{
    /// <summary>3306, the port of MySQL and MariaDB.</summary>
    public const int PortDefault = 3306;

    /// <summary>Reads <c>db1</c>, <c>db1:3307</c>, <c>[::1]:3307</c> or <c>::1</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="portDefault">The port where the text names none.</param>
    /// <param name="weight">The host's share of the reads.</param>
    /// <returns>The address.</returns>
    /// <exception cref="FormatException">There is no host in it, or no port after the colon.</exception>
    public static ServerAddress Parse(string text, int portDefault = PortDefault, int weight = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var close = trimmed.StartsWith('[') ? trimmed.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = close >= 0 ? trimmed.IndexOf(':', close) : trimmed.IndexOf(':', StringComparison.Ordinal);
        if (close < 0 && colon >= 0 && trimmed.IndexOf(':', colon + 1) >= 0)
            colon = -1; // an IPv6 address as it is
        var server = (colon < 0 ? trimmed : trimmed[..colon]).Trim('[', ']', ' ');
        var port = portDefault;
        return server.Length > 0 && (colon < 0 || int.TryParse(trimmed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            ? new ServerAddress(server, port, weight)
            : throw new FormatException($"'{text}' is no host: write db1, db1:3307 or [::1]:3307.");
    }

    /// <summary>Name and port, as messages and telemetry name the host.</summary>
    /// <returns>For example <c>db1:3306</c>.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Server.Contains(':', StringComparison.Ordinal) ? $"[{Server}]" : Server)}:{Port}");
}
