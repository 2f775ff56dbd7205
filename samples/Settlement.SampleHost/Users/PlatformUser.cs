using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>An account. What it earned is booked on its payee id, which outlives it.</summary>
internal sealed class PlatformUser
{
    /// <summary>32 hex digits.</summary>
    public string UserId { get; set; } = Guid.CreateVersion7().ToString("N");

    /// <summary>What one logs in with; null once the account is deleted, or for a channel that nobody has claimed.</summary>
    public string? Email { get; set; }

    public string? NormalizedEmail { get; set; }

    public string DisplayName { get; set; } = "";

    public string PayeeId { get; set; } = "";

    public string? PasswordHash { get; set; }

    public string SecurityStamp { get; set; } = Guid.NewGuid().ToString("N");

    public string ConcurrencyStamp { get; set; } = Guid.NewGuid().ToString("N");

    /// <summary>Unix microseconds, as all instants here.</summary>
    public long? LockoutEnd { get; set; }

    public bool LockoutEnabled { get; set; }

    public int AccessFailedCount { get; set; }

    public long? StudioRequestedAt { get; set; }

    public long CreatedAt { get; set; }

    public long? DeletedAt { get; set; }

    public DateTimeOffset? LockedUntil => LockoutEnd is { } at ? UnixMicroseconds.ToInstant(at) : null;
}

/// <summary>A role, by its name. The three are fixed: what each may do stands in the code.</summary>
internal sealed record PlatformRole(string Name);

/// <summary>Roles are given by an admin, or by the seed: never chosen by the one who has them.</summary>
internal static class Roles
{
    public const string Viewer = "viewer";
    public const string Creator = "creator";
    public const string Admin = "admin";

    public static readonly string[] All = [Viewer, Creator, Admin];
}
