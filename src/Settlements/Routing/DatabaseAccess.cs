namespace Settlements.Routing;

/// <summary>The access mode of a connection. The caller always states it: SQL is never parsed to infer it.</summary>
public enum DatabaseAccess
{
    /// <summary>Read access. The connection is read-only on every server: a write on it is an error.</summary>
    Read,

    /// <summary>Write access, including reads of just-written rows. Always on the primary.</summary>
    Write,
}
