using Settlements.Routing;

namespace Settlement.SampleHost.Database;

/// <summary>
/// The causal session of the request that runs, for the tables, which are the application's and not a request's. What runs beside requests has
/// none, and reads at the primary. Thread-safe.
/// </summary>
internal sealed class CurrentSession
{
    private readonly AsyncLocal<CausalSession?> _session = new();
    private readonly AsyncLocal<RequestWrites?> _writes = new();

    /// <summary>Null outside requests.</summary>
    public CausalSession? Session => _session.Value;

    /// <summary>Said after each commit.</summary>
    public void Committed()
    {
        if (_writes.Value is { } writes)
            writes.IsAny = true;
    }

    /// <summary>Makes the request's session the current one until its end.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        _session.Value = context.RequestServices.GetRequiredService<CausalSession>();
        _writes.Value = RequestWrites.Begin(context);
        await next(context);
    }
}
