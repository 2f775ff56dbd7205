using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>The sessions of one request, and what its client knows of them. For the request's own flow; the sessions themselves are thread-safe.</summary>
/// <param name="carried">What the client sent.</param>
internal sealed class RequestTokens(CausalToken carried)
{
    private readonly List<CausalSession> _sessions = [];
    private CausalToken _known = carried;

    /// <summary>Whether a session has written, or was told of, what the client doesn't know.</summary>
    public bool HasGrown => !Token().IsCoveredBy(_known);

    /// <summary>Adds a session, which sees from now on what the client and the sessions before it know.</summary>
    public void Join(CausalSession session)
    {
        var token = _sessions.Count == 0 ? _known : Token();
        if (!token.IsNone)
            session.Observe(token);
        if (!_sessions.Contains(session))
            _sessions.Add(session);
    }

    /// <summary>What the client is to know from now on.</summary>
    public CausalToken TakeToSend() => _known = Token();

    private CausalToken Token() => _sessions.Aggregate(CausalToken.None, (all, session) => all.Union(session.Token));
}
