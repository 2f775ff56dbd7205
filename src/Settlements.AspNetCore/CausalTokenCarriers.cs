namespace Settlements.AspNetCore;

/// <summary>In what a causal token travels between a client and the application.</summary>
[Flags]
public enum CausalTokenCarriers
{
    /// <summary>In nothing. It is no valid choice: leave the middleware out instead.</summary>
    None = 0,

    /// <summary>In a cookie: browsers send it by themselves.</summary>
    Cookie = 1,

    /// <summary>In a header: a client keeps what it last got, and sends it with each request.</summary>
    Header = 2,
}
