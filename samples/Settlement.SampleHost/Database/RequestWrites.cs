namespace Settlement.SampleHost.Database;

/// <summary>Whether a request has committed a write: after a failure, it decides whether a repeated request could write twice.</summary>
internal sealed class RequestWrites
{
    private volatile bool _hasCommitted;

    /// <summary>Whether the request has committed a write.</summary>
    public bool HasCommitted
    {
        get => _hasCommitted;
        set => _hasCommitted = value;
    }

    /// <summary>Returns the writes of a request; an empty instance outside of <see cref="CurrentCausalSession.RunAsync"/>.</summary>
    public static RequestWrites Of(HttpContext context) => context.Items[typeof(RequestWrites)] as RequestWrites ?? new RequestWrites();

    public static RequestWrites Begin(HttpContext context)
    {
        var writes = new RequestWrites();
        context.Items[typeof(RequestWrites)] = writes;
        return writes;
    }
}
