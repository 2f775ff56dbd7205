using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>An account. Its earnings are posted to its payee id, which stays after the account is deleted.</summary>
internal sealed class PlatformUser
{
    /// <summary>32 hex digits.</summary>
    public string UserId { get; set; } = Guid.CreateVersion7().ToString("N");

    /// <summary>The e-mail address for logins; null for a deleted account or an unclaimed channel.</summary>
    public string? Email { get; set; }

    public string? NormalizedEmail { get; set; }

    /// <summary>When the account proved to receive mails of its address; null if it has not.</summary>
    public long? EmailVerifiedAt { get; set; }

    public string DisplayName { get; set; } = "";

    public string PayeeId { get; set; } = "";

    public string? PasswordHash { get; set; }

    public string SecurityStamp { get; set; } = Guid.NewGuid().ToString("N");

    public string ConcurrencyStamp { get; set; } = Guid.NewGuid().ToString("N");

    /// <summary>Unix microseconds, like all instants of this class.</summary>
    public long? LockoutEnd { get; set; }

    public bool LockoutEnabled { get; set; }

    public int AccessFailedCount { get; set; }

    public long? StudioRequestedAt { get; set; }

    public long CreatedAt { get; set; }

    public long? DeletedAt { get; set; }

    public DateTimeOffset? LockedUntil => LockoutEnd is { } at ? UnixMicroseconds.ToInstant(at) : null;
}

/// <summary>A role. The three roles and their permissions are fixed in code.</summary>
internal sealed record PlatformRole(string Name);

/// <summary>The names of the roles. They are assigned by an admin or the demo seed, never chosen by the account itself.</summary>
internal static class Roles
{
    public const string Viewer = "viewer";
    public const string Creator = "creator";
    public const string Admin = "admin";

    public static readonly string[] All = [Viewer, Creator, Admin];
}
