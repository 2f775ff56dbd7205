namespace Settlement.SampleHost.Tests.Api;

/// <summary>The callers of the tests that try each page and each endpoint with each role, and what a page or endpoint requires.</summary>
internal static class CallerRoles
{
    /// <summary>A caller without an account; as a requirement, none.</summary>
    public const string Anyone = "anyone";

    /// <summary>A viewer; as a requirement, any account.</summary>
    public const string Account = "account";

    public const string Creator = "creator";

    public const string Admin = "admin";

    /// <summary>A requirement only.</summary>
    public const string Earnings = "creator or admin";

    /// <summary>Returns whether a requirement admits a caller.</summary>
    public static bool IsAllowed(string allowed, string role) => allowed switch
    {
        Anyone => true,
        Account => role != Anyone,
        Earnings => role is Creator or Admin,
        _ => role == allowed,
    };
}
