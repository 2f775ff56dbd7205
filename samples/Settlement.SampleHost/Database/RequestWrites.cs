namespace Settlement.SampleHost.Database;

/// <summary>What a request has committed so far: after a failure it decides whether sending the request again would do something twice.</summary>
internal sealed class RequestWrites
{
    private volatile bool _isAny;

    /// <summary>Whether anything is committed.</summary>
    public bool IsAny
    {
        get => _isAny;
        set => _isAny = value;
    }

    /// <summary>Those of a request; none outside of <see cref="CurrentSession.RunAsync"/>.</summary>
    public static RequestWrites Of(HttpContext context) => context.Items[typeof(RequestWrites)] as RequestWrites ?? new RequestWrites();

    public static RequestWrites Begin(HttpContext context)
    {
        var writes = new RequestWrites();
        context.Items[typeof(RequestWrites)] = writes;
        return writes;
    }
}
