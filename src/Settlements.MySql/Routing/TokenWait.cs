using System.Globalization;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// Waits on a replica until it has reached a token, in the round trip that makes the connection read-only. The driver's callback for opened
/// connections takes no custom arguments, so the wait is passed as an ambient value.
/// </summary>
internal sealed class TokenWait(CausalToken token, TimeSpan waitMax)
{
    private const int AnswerTimeS = 5;

    private static readonly AsyncLocal<TokenWait?> Ambient = new();

    /// <summary>The wait of the connection that is being opened; null for most.</summary>
    public static TokenWait? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>Whether the replica has reached the token.</summary>
    public bool IsReached { get; private set; }

    public async ValueTask BeginAsync(MySqlConnection connection, string text, CancellationToken cancellationToken)
    {
        // Both functions take the timeout in seconds, as a decimal. A token's text consists of hexadecimal digits and the characters -:,
        // only.
        var function = token.IsMySql ? "WAIT_FOR_EXECUTED_GTID_SET" : "MASTER_GTID_WAIT";
        var wait = string.Create(CultureInfo.InvariantCulture, $"SELECT {function}('{token}', {waitMax.TotalSeconds:0.000})");
#pragma warning disable CA2100
        var command = new MySqlCommand(text.Length == 0 ? wait : $"{text}; {wait}", connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            command.CommandTimeout = (int)Math.Ceiling(waitMax.TotalSeconds) + AnswerTimeS;
            var answer = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            IsReached = Convert.ToInt64(answer is null or DBNull ? -1 : answer, CultureInfo.InvariantCulture) == 0;
        }
    }
}
