namespace Settlements.Routing;

/// <summary>What a connection is for. It is said by the caller, always: no SQL is looked at to guess it.</summary>
public enum DatabaseAccess
{
    /// <summary>Reading only. Whatever host answers, the connection is read-only: a stray write on it is an error.</summary>
    Read,

    /// <summary>Writing, and reading what was just written. Only the primary takes it.</summary>
    Write,
}
