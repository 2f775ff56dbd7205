namespace Settlements.AspNetCore;

/// <summary>Specifies how causal tokens are exchanged between a client and the application.</summary>
[Flags]
public enum CausalTokenCarriers
{
    /// <summary>None. Invalid as an option: omit the middleware instead.</summary>
    None = 0,

    /// <summary>A cookie, which browsers send automatically.</summary>
    Cookie = 1,

    /// <summary>A header: a client stores the last one that it received and sends it with each request.</summary>
    Header = 2,
}
