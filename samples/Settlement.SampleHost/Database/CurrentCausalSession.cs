using Settlements.Routing;

namespace Settlement.SampleHost.Database;

/// <summary>
/// The causal session of the current request, for the table classes, which are singletons. Background work has no causal session and reads
/// from the primary. Thread-safe.
/// </summary>
internal sealed class CurrentCausalSession
{
    private readonly AsyncLocal<CausalSession?> _session = new();
    private readonly AsyncLocal<RequestWrites?> _writes = new();

    /// <summary>The causal session; null outside requests.</summary>
    public CausalSession? Session => _session.Value;

    /// <summary>Records that the current request has committed a write; called after each commit.</summary>
    public void Committed()
    {
        if (_writes.Value is { } writes)
            writes.HasCommitted = true;
    }

    /// <summary>
    /// Starts work that isn't part of the current request, without its causal session: the response may have started when it commits, so
    /// that no token of its commits could be sent.
    /// </summary>
    public Task StartDetached(Func<Task> work) => Task.Run(() =>
    {
        (_session.Value, _writes.Value) = (null, null);
        return work();
    });

    /// <summary>Middleware: makes the request's causal session the current one until the end of the request.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        _session.Value = context.RequestServices.GetRequiredService<CausalSession>();
        _writes.Value = RequestWrites.Begin(context);
        await next(context);
    }
}
