using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.DemoData;

/// <summary>
/// The platform that the bundled data is of: its channels as creators, their videos with placements, some ads, and an account to try for each
/// role, where its address is free. The same each time; done once, in one transaction, by whichever host is first.
/// </summary>
internal sealed class PlatformSeed(
    PlatformDatabase database, UserTable users, BusinessCalendar calendar, IPasswordHasher<PlatformUser> hasher, IHostEnvironment environment)
{
    /// <summary>Everybody knows it: it works in the development environment alone.</summary>
    public const string Password = "settlement-demo";

    /// <summary>Whose channel the demo creator has: one that is listed on many days.</summary>
    public const string CreatorChannel = "SciShow";

    private const int AttemptsMax = 3;
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

    /// <summary>Whether an account is one that the seed made: by its id, which nobody else's has.</summary>
    public static bool IsDemoAccount(string userId) => Accounts.Any(a => UserId(a.Name) == userId);

    /// <returns>A sentence for whoever started the program.</returns>
    public async Task<string> ApplyAsync(CancellationToken cancellationToken)
    {
        if (!await IsDoneAsync(cancellationToken))
            await AddOnceAsync(TrendingFile.Read(), cancellationToken);
        var isDevelopment = environment.IsDevelopment();
        var there = new List<string>();
        foreach (var account in Accounts)
        {
            if (await users.FindAsync(UserId(account.Name), cancellationToken) is not { Email: { } email } user)
                continue;
            await SetPasswordAsync(user, isDevelopment, cancellationToken);
            there.Add($"{email} ({account.Roles[^1]})");
        }

        var shown = there.Count == 0 ? "none is left" : string.Join(", ", there);
        return isDevelopment
            ? $"Demo accounts, each with the password {Password}: {shown}"
            : $"Demo accounts: {shown}. They have passwords in the development environment only: ASPNETCORE_ENVIRONMENT=Development";
    }

    /// <summary>The demo creator's channel is always among what is added, and its row outlives the account.</summary>
    private Task<bool> IsDoneAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async sql => await sql.FindAsync<long>("SELECT COUNT(*) FROM users WHERE user_id = @id", new { id = UserId(CreatorChannel) }) > 0,
        cancellationToken);

    private async Task AddOnceAsync(IReadOnlyList<TrendingRow> rows, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await database.WriteAsync(sql => AddAllAsync(sql, rows), cancellationToken);
                return;
            }
            catch (DbException e) when (database.IsDuplicate(e))
            {
                // Another host that starts now has done it; else somebody took a demo's address meanwhile, and the next attempt sees that.
                if (await IsDoneAsync(cancellationToken))
                    return;
                if (attempt == AttemptsMax)
                    throw;
            }
        }
    }

    /// <summary>Outside of the development environment nobody logs in with a password that everybody knows, also when it was set there before.</summary>
    private async Task SetPasswordAsync(PlatformUser user, bool isDevelopment, CancellationToken cancellationToken)
    {
        if (user.PasswordHash is not null == isDevelopment)
            return;
        user.PasswordHash = isDevelopment ? hasher.HashPassword(user, Password) : null;
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        await users.TryUpdateAsync(user, cancellationToken);
    }

    private async Task AddAllAsync(Sql sql, IReadOnlyList<TrendingRow> rows)
    {
        var start = Instant(TrendingFile.FirstDay);
        var channels = rows.Select(r => r.Channel).Distinct().ToList();
        var accounts = (await FreeAsync(sql)).ToDictionary(a => a.Name, StringComparer.Ordinal);
        var all = channels.Concat(accounts.Keys.Except(channels)).Select(name => User(name, accounts.GetValueOrDefault(name), start)).ToList();

        // Another host that does the same waits here, and finds the first row there.
        await SeedTables.AddUsersAsync(sql, all);
        await SeedTables.AddRolesAsync(sql, all.SelectMany(u => RolesOf(u, accounts).Select(role => (u.UserId, role))));
        await AddVideosAsync(sql, rows, all.ToDictionary(u => u.PayeeId, u => u.UserId, StringComparer.Ordinal));
    }

    /// <summary>Those whose address nobody has: who is there already keeps it, and the demo goes without that account.</summary>
    private static async Task<IEnumerable<(string Email, string Name, string[] Roles)>> FreeAsync(Sql sql)
    {
        var taken = await sql.ListAsync<string>(
            "SELECT normalized_email FROM users WHERE normalized_email IN @emails", new { emails = Accounts.Select(a => Normalized(a.Email)) });
        return Accounts.Where(a => !taken.Contains(Normalized(a.Email)));
    }

    private async Task AddVideosAsync(Sql sql, IReadOnlyList<TrendingRow> rows, Dictionary<string, string> userIds)
    {
        var ads = Ads.Select(title => new Ad { AdId = Id($"ad|{title}"), Title = title, LengthMs = 15_000 }).ToList();
        await SeedTables.AddAdsAsync(sql, ads, Instant(TrendingFile.FirstDay));

        // A video that was listed under two channels is the last one's; what it earned before stays the other's, as its events say.
        var videos = rows.GroupBy(r => r.VideoId, StringComparer.Ordinal).Select(g => new Video
        {
            VideoId = g.Key,
            OwnerId = userIds[g.Last().Channel],
            Title = $"{g.Last().Channel} — {g.Key}",
            LengthMs = (LengthSecondsMin + BitConverter.ToUInt16(Hash($"length|{g.Key}")) % LengthSecondsSpan) * 1_000L,
            CreatedAt = Instant(g.First().Day),
        }).ToList();
        await SeedTables.AddVideosAsync(sql, videos);
        var uses = ads.Select(a => new AdUse { AdId = a.AdId }).ToList();
        var places = videos.SelectMany(v => PlacementRule.Numbers(v.LengthMs).Select(n => (v.VideoId, Number: n))).ToList();
        var dealt = PlacementRule.Assign(places.Select(p => PlacementRule.ItemId(p.VideoId, p.Number)), uses);
        await SeedTables.AddPlacementsAsync(sql, places.Zip(dealt, (p, d) => (d.ItemId, p.VideoId, PlacementRule.PositionMs(p.Number), d.AdId)));
    }

    // A channel is paid by its name, as the events of the bundled data say.
    private static PlatformUser User(string name, (string Email, string Name, string[] Roles) account, long createdAt) => new()
    {
        UserId = UserId(name), DisplayName = name, PayeeId = name, Email = account.Email,
        NormalizedEmail = account.Email is null ? null : Normalized(account.Email), CreatedAt = createdAt, LockoutEnabled = true,
    };

    private static string[] RolesOf(PlatformUser user, Dictionary<string, (string Email, string Name, string[] Roles)> accounts) =>
        accounts.TryGetValue(user.DisplayName, out var account) ? account.Roles : [Roles.Viewer, Roles.Creator];

    private long Instant(DateOnly day) => UnixMicroseconds.From(calendar.RangeOf(day).Start);

    private static string Normalized(string email) => email.ToUpperInvariant();

    private static string UserId(string name) => Id($"user|{name}");

    private static string Id(string text) => Convert.ToHexStringLower(Hash(text).AsSpan(0, 16));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
