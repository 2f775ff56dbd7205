using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>
/// The causal sessions of one request, and the token that its client has. Not thread-safe; the causal sessions are.
/// </summary>
/// <param name="received">The token that the client sent.</param>
internal sealed class RequestTokens(CausalToken received)
{
    private readonly List<CausalSession> _sessions = [];
    private CausalToken _clientToken = received;

    /// <summary>Whether the causal sessions have a token that the client doesn't have.</summary>
    public bool HasGrown => !Token().IsCoveredBy(_clientToken);

    /// <summary>Adds a causal session, whose reads see the writes of the client's token and of the sessions added before.</summary>
    public void Join(CausalSession session)
    {
        var token = _sessions.Count == 0 ? _clientToken : Token();
        if (!token.IsNone)
            session.Observe(token);
        if (!_sessions.Contains(session))
            _sessions.Add(session);
    }

    /// <summary>Returns the token to send, and records that the client has it.</summary>
    public CausalToken TakeToSend() => _clientToken = Token();

    private CausalToken Token() => _sessions.Aggregate(CausalToken.None, (all, session) => all.Union(session.Token));
}
