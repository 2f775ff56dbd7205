using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Settlement.Calendars;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.DemoData;

/// <summary>
/// The platform that the bundled data is of: its channels as creators, their videos with placements, some ads, and an account to try for each
/// role. The same each time; done once, in one transaction.
/// </summary>
internal sealed class PlatformSeed(
    PlatformDatabase database, UserTable users, BusinessCalendar calendar, IPasswordHasher<PlatformUser> hasher, IHostEnvironment environment)
{
    /// <summary>Everybody knows it: it works in the development environment alone.</summary>
    public const string Password = "settlement-demo";

    /// <summary>Whose channel the demo creator has: one that is listed on many days.</summary>
    public const string CreatorChannel = "SciShow";

    private const int LengthSecondsMin = 301;
    private const int LengthSecondsSpan = 1_200;

    private static readonly string[] Ads = ["Spring water", "Night train", "Rye bread", "Rain coat"];

    /// <summary>The demo accounts and their roles, by e-mail address.</summary>
    public static readonly (string Email, string Name, string[] Roles)[] Accounts =
    [
        ("admin@example.com", "Demo admin", [Roles.Viewer, Roles.Admin]),
        ("creator@example.com", CreatorChannel, [Roles.Viewer, Roles.Creator]),
        ("viewer@example.com", "Demo viewer", [Roles.Viewer]),
    ];

    /// <returns>A sentence for whoever started the program.</returns>
    public async Task<string> ApplyAsync(CancellationToken cancellationToken)
    {
        if (await users.FindByEmailAsync(Normalized(Accounts[0].Email), cancellationToken) is null)
        {
            var rows = TrendingFile.Read();
            await database.WriteAsync(sql => AddAllAsync(sql, rows), cancellationToken);
        }

        var isDevelopment = environment.IsDevelopment();
        foreach (var account in Accounts)
            await SetPasswordAsync(account.Email, isDevelopment, cancellationToken);
        var shown = string.Join(", ", Accounts.Select(a => $"{a.Email} ({a.Roles[^1]})"));
        return isDevelopment
            ? $"Demo accounts, each with the password {Password}: {shown}"
            : $"Demo accounts: {shown}. They have passwords in the development environment only: ASPNETCORE_ENVIRONMENT=Development";
    }

    /// <summary>Outside of the development environment nobody logs in with a password that everybody knows, also when it was set there before.</summary>
    private async Task SetPasswordAsync(string email, bool isDevelopment, CancellationToken cancellationToken)
    {
        var user = await users.FindByEmailAsync(Normalized(email), cancellationToken);
        if (user is null || user.PasswordHash is not null == isDevelopment)
            return;
        user.PasswordHash = isDevelopment ? hasher.HashPassword(user, Password) : null;
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        await users.TryUpdateAsync(user, cancellationToken);
    }

    private async Task AddAllAsync(Sql sql, IReadOnlyList<TrendingRow> rows)
    {
        var start = Instant(TrendingFile.FirstDay);
        var channels = rows.Select(r => r.Channel).Distinct().ToList();
        var accounts = Accounts.ToDictionary(a => a.Name, StringComparer.Ordinal);
        var all = channels.Concat(Accounts.Select(a => a.Name).Except(channels)).Select(name => User(name, accounts.GetValueOrDefault(name), start)).ToList();

        // The account by which a later start finds all done is among them: another host that does the same stops here.
        await sql.ExecuteAsync(
            """
            INSERT INTO users (user_id, email, normalized_email, display_name, payee_id, security_stamp, concurrency_stamp, lockout_enabled,
                access_failed_count, created_at)
            VALUES (@UserId, @Email, @NormalizedEmail, @DisplayName, @PayeeId, @SecurityStamp, @ConcurrencyStamp, @LockoutEnabled, 0, @CreatedAt)
            """,
            all);
        await sql.ExecuteAsync(
            "INSERT INTO user_roles (user_id, role) VALUES (@UserId, @Role)",
            all.SelectMany(u => RolesOf(u, accounts).Select(role => new { u.UserId, Role = role })));
        await AddVideosAsync(sql, rows, all.ToDictionary(u => u.PayeeId, u => u.UserId, StringComparer.Ordinal));
    }

    private async Task AddVideosAsync(Sql sql, IReadOnlyList<TrendingRow> rows, Dictionary<string, string> userIds)
    {
        var ads = Ads.Select(title => new { Id = Id($"ad|{title}"), title, length = 15_000L, at = Instant(TrendingFile.FirstDay) }).ToList();
        await sql.ExecuteAsync("INSERT INTO ads (ad_id, title, length_ms, created_at) VALUES (@Id, @title, @length, @at)", ads);

        // A video that was listed under two channels is the last one's; what it earned before stays the other's, as its events say.
        var videos = rows.GroupBy(r => r.VideoId, StringComparer.Ordinal).Select(g => new
        {
            id = g.Key,
            owner = userIds[g.Last().Channel],
            title = $"{g.Last().Channel} — {g.Key}",
            length = (LengthSecondsMin + BitConverter.ToUInt16(Hash($"length|{g.Key}")) % LengthSecondsSpan) * 1_000L,
            at = Instant(g.First().Day),
        }).ToList();
        await sql.ExecuteAsync(
            "INSERT INTO videos (video_id, owner_id, title, length_ms, created_at) VALUES (@id, @owner, @title, @length, @at)", videos);
        var uses = ads.Select(a => new AdUse { AdId = a.Id }).ToList();
        var places = videos.SelectMany(v => PlacementRule.Numbers(v.length).Select(n => (v.id, Number: n))).ToList();
        var dealt = PlacementRule.Deal(places.Select(p => PlacementRule.ItemId(p.id, p.Number)), uses);
        await sql.ExecuteAsync(
            "INSERT INTO placements (item_id, video_id, position_ms, ad_id) VALUES (@ItemId, @id, @position, @AdId)",
            places.Zip(dealt, (p, d) => new { d.ItemId, p.id, position = PlacementRule.PositionMs(p.Number), d.AdId }));
    }

    // A channel is paid by its name, as the events of the bundled data say.
    private static PlatformUser User(string name, (string Email, string Name, string[] Roles) account, long createdAt) => new()
    {
        UserId = Id($"user|{name}"), DisplayName = name, PayeeId = name, Email = account.Email,
        NormalizedEmail = account.Email is null ? null : Normalized(account.Email), CreatedAt = createdAt, LockoutEnabled = true,
    };

    private static string[] RolesOf(PlatformUser user, Dictionary<string, (string Email, string Name, string[] Roles)> accounts) =>
        accounts.TryGetValue(user.DisplayName, out var account) ? account.Roles : [Roles.Viewer, Roles.Creator];

    private long Instant(DateOnly day) => UnixMicroseconds.From(calendar.RangeOf(day).Start);

    private static string Normalized(string email) => email.ToUpperInvariant();

    private static string Id(string text) => Convert.ToHexStringLower(Hash(text).AsSpan(0, 16));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
