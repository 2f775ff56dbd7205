using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// The password and certificates of connections, where the connection string doesn't contain them. They are read from a connection of the
/// data source. The password is requested for each connection that is opened, so that rotated passwords are supported.
/// </summary>
internal sealed class ConnectionCredentials
{
    private readonly Func<Func<MySqlProvidePasswordContext, string>?> _password;
    private readonly Func<X509CertificateCollection, ValueTask>? _clientCertificates;
    private readonly RemoteCertificateValidationCallback? _serverCertificate;

    /// <summary>Reads the credentials of a data source.</summary>
    public ConnectionCredentials(MySqlDataSource source)
    {
        using var connection = source.CreateConnection();
        (_clientCertificates, _serverCertificate) = (
            connection.ProvideClientCertificatesCallback, connection.RemoteCertificateValidationCallback);
        _password = () =>
        {
            using var current = source.CreateConnection();
            return current.ProvidePasswordCallback;
        };
    }

    /// <summary>Uses a password callback.</summary>
    public ConnectionCredentials(Func<MySqlProvidePasswordContext, string> password) => _password = () => password;

    /// <summary>
    /// Returns a data source's connection string, including its password: a connection that was not opened yet still exposes it.
    /// </summary>
    public static string ConnectionString(MySqlDataSource source)
    {
        using var connection = source.CreateConnection();
        return connection.ConnectionString;
    }

    /// <summary>Configures the certificates, which all connections of a pool share.</summary>
    public void Apply(MySqlDataSourceBuilder builder)
    {
        if (_clientCertificates is not null)
            builder.UseClientCertificatesCallback(_clientCertificates);
        if (_serverCertificate is not null)
            builder.UseRemoteCertificateValidationCallback(_serverCertificate);
    }

    /// <summary>Sets the password callback of a connection that is about to be opened.</summary>
    public void Apply(MySqlConnection connection) => connection.ProvidePasswordCallback = _password();

    /// <summary>Sets password and certificates of a connection without a pool.</summary>
    public void ApplyAll(MySqlConnection connection)
    {
        Apply(connection);
        connection.ProvideClientCertificatesCallback = _clientCertificates;
        connection.RemoteCertificateValidationCallback = _serverCertificate;
    }
}
