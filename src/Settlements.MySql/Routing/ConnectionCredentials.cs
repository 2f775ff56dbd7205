using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// The password and certificates of connections, where the connection string doesn't hold them. A connection of the data source has them; the
/// password is asked for whenever one is opened, so that one that changes is followed.
/// </summary>
internal sealed class ConnectionCredentials
{
    private readonly Func<Func<MySqlProvidePasswordContext, string>?> _password;
    private readonly Func<X509CertificateCollection, ValueTask>? _clientCertificates;
    private readonly RemoteCertificateValidationCallback? _serverCertificate;

    /// <summary>Those of a data source.</summary>
    public ConnectionCredentials(MySqlDataSource source)
    {
        using var connection = source.CreateConnection();
        (_clientCertificates, _serverCertificate) = (connection.ProvideClientCertificatesCallback, connection.RemoteCertificateValidationCallback);
        _password = () =>
        {
            using var like = source.CreateConnection();
            return like.ProvidePasswordCallback;
        };
    }

    /// <summary>A password that is asked for.</summary>
    public ConnectionCredentials(Func<MySqlProvidePasswordContext, string> password) => _password = () => password;

    /// <summary>With the password that the data source was made with, if it was made with one: a connection that was not opened shows it.</summary>
    public static string ConnectionString(MySqlDataSource source)
    {
        using var connection = source.CreateConnection();
        return connection.ConnectionString;
    }

    /// <summary>What all connections of a pool have in common.</summary>
    public void Apply(MySqlDataSourceBuilder builder)
    {
        if (_clientCertificates is not null)
            builder.UseClientCertificatesCallback(_clientCertificates);
        if (_serverCertificate is not null)
            builder.UseRemoteCertificateValidationCallback(_serverCertificate);
    }

    /// <summary>The password of a connection that is about to be opened.</summary>
    public void Apply(MySqlConnection connection) => connection.ProvidePasswordCallback = _password();

    /// <summary>All of it, for a connection without a pool.</summary>
    public void ApplyAll(MySqlConnection connection)
    {
        Apply(connection);
        connection.ProvideClientCertificatesCallback = _clientCertificates;
        connection.RemoteCertificateValidationCallback = _serverCertificate;
    }
}
