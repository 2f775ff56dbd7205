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
/// Seeds the demo: an account per channel, the videos with their placements, some ads, and one account per role if its address is free.
/// Deterministic; executed once, in one transaction, by the first instance.
/// </summary>
internal sealed class PlatformSeed(
    PlatformDatabase database, UserTable users, BusinessCalendar calendar, IPasswordHasher<PlatformUser> hasher,
    IHostEnvironment environment, DemoDays days)
{
    /// <summary>The public demo password, which works only in the development environment.</summary>
    public const string Password = "settlement-demo";

    /// <summary>The channel of the demo creator, chosen because it has trending videos on many days.</summary>
    public const string CreatorChannel = "SciShow";

    private const int AttemptsMax = 3;
    private const int LengthSecondsMin = 301;
    private const int LengthSecondsSpan = 1_200;

    private static readonly string[] Ads = ["Spring water", "Night train", "Rye bread", "Rain coat"];

    /// <summary>The demo accounts and their roles, by e-mail address.</summary>
    public static readonly (string Email, string Name, string[] Roles)[] Accounts =
    [
        ("admin@example.com", "Demo admin", [Roles.Viewer, Roles.Admin]),
        ("admin2@example.com", "Second admin", [Roles.Viewer, Roles.Admin]),
        ("creator@example.com", CreatorChannel, [Roles.Viewer, Roles.Creator]),
        ("viewer@example.com", "Demo viewer", [Roles.Viewer]),
    ];

    /// <summary>Whether the id is that of one of the <see cref="Accounts"/>.</summary>
    public static bool IsDemoAccount(string userId) => Accounts.Any(a => UserId(a.Name) == userId);

    /// <summary>Seeds the demo if necessary, and sets or removes the passwords of the demo accounts.</summary>
    /// <returns>A message for the console.</returns>
    public async Task<string> ApplyAsync(CancellationToken cancellationToken)
    {
        if (!await database.ReadAsync(IsSeededAsync, cancellationToken))
            await AddWithRetryAsync(TrendingFile.Read(days), cancellationToken);
        var isDevelopment = environment.IsDevelopment();
        var accounts = new List<string>();
        foreach (var account in Accounts)
        {
            if (await users.FindAsync(UserId(account.Name), cancellationToken) is not { Email: { } email } user)
                continue;
            await SetPasswordAsync(user, isDevelopment, cancellationToken);
            accounts.Add($"{email} ({account.Roles[^1]})");
        }

        var list = accounts.Count == 0 ? "none" : string.Join(", ", accounts);
        return isDevelopment
            ? $"Demo accounts, each with the password {Password}: {list}"
            : $"Demo accounts: {list}. They have passwords only in the development environment (ASPNETCORE_ENVIRONMENT=Development).";
    }

    /// <summary>Whether the demo is seeded, that is, whether the demo creator's row exists. Deleting the account keeps the row.</summary>
    public static async Task<bool> IsSeededAsync(Sql sql) =>
        await sql.FindAsync<long>("SELECT COUNT(*) FROM users WHERE user_id = @id", new { id = UserId(CreatorChannel) }) > 0;

    private async Task AddWithRetryAsync(IReadOnlyList<TrendingRow> rows, CancellationToken cancellationToken)
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
                // Another instance seeded the demo concurrently, or a user registered a demo address. The next attempt skips that account.
                if (await database.ReadAsync(IsSeededAsync, cancellationToken))
                    return;
                if (attempt == AttemptsMax)
                    throw;
            }
        }
    }

    /// <summary>Sets the public password in the development environment, and removes it in all others.</summary>
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
        var start = StartMicroseconds(days.First);
        var channels = rows.Select(r => r.Channel).Distinct().ToList();
        var accounts = (await FreeAsync(sql)).ToDictionary(a => a.Name, StringComparer.Ordinal);
        var all = channels.Concat(accounts.Keys.Except(channels)).Select(name => User(name, accounts.GetValueOrDefault(name), start))
            .ToList();

        // A concurrent instance blocks on this insert until the commit, and then fails with a duplicate key.
        await SeedTables.AddUsersAsync(sql, all);
        await SeedTables.AddRolesAsync(sql, all.SelectMany(u => RolesOf(u, accounts).Select(role => (u.UserId, role))));
        await AddVideosAsync(sql, rows, all.ToDictionary(u => u.PayeeId, u => u.UserId, StringComparer.Ordinal));
    }

    /// <summary>Returns the demo accounts whose address is free; the others are not created.</summary>
    private static async Task<IEnumerable<(string Email, string Name, string[] Roles)>> FreeAsync(Sql sql)
    {
        var taken = await sql.ListAsync<string>(
            "SELECT normalized_email FROM users WHERE normalized_email IN @emails",
            new { emails = Accounts.Select(a => Normalized(a.Email)) });
        return Accounts.Where(a => !taken.Contains(Normalized(a.Email)));
    }

    private async Task AddVideosAsync(Sql sql, IReadOnlyList<TrendingRow> rows, Dictionary<string, string> userIds)
    {
        var ads = Ads.Select(title => new Ad { AdId = Id($"ad|{title}"), Title = title, LengthMs = 15_000 }).ToList();
        await SeedTables.AddAdsAsync(sql, ads, StartMicroseconds(days.First));

        var titles = TitlesFile.Read();

        // A video listed under several channels is owned by the last one. The payee of an event remains the channel at that time.
        var videos = rows.GroupBy(r => r.VideoId, StringComparer.Ordinal).Select(g => new Video
        {
            VideoId = g.Key,
            OwnerId = userIds[g.Last().Channel],
            Title = titles[g.Key],
            LengthMs = (LengthSecondsMin + BitConverter.ToUInt16(Hash($"length|{g.Key}")) % LengthSecondsSpan) * 1_000L,
            CreatedAt = StartMicroseconds(g.First().Day),
        }).ToList();
        await SeedTables.AddVideosAsync(sql, videos);
        var uses = ads.Select(a => new AdUse { AdId = a.AdId }).ToList();
        var placements = videos.SelectMany(v => PlacementRule.Numbers(v.LengthMs).Select(n => (v.VideoId, Number: n))).ToList();
        var assigned = PlacementRule.Assign(placements.Select(p => PlacementRule.ItemId(p.VideoId, p.Number)), uses);
        await SeedTables.AddPlacementsAsync(
            sql, placements.Zip(assigned, (p, d) => (d.ItemId, p.VideoId, PlacementRule.PositionMs(p.Number), d.AdId)));
    }

    // The payee id of a channel is its name, as in the events of the bundled data.
    private static PlatformUser User(string name, (string Email, string Name, string[] Roles) account, long createdAt) => new()
    {
        UserId = UserId(name), DisplayName = name, PayeeId = name, Email = account.Email,
        NormalizedEmail = account.Email is null ? null : Normalized(account.Email), CreatedAt = createdAt, LockoutEnabled = true,
    };

    private static string[] RolesOf(PlatformUser user, Dictionary<string, (string Email, string Name, string[] Roles)> accounts) =>
        accounts.TryGetValue(user.DisplayName, out var account) ? account.Roles : [Roles.Viewer, Roles.Creator];

    private long StartMicroseconds(DateOnly day) => UnixMicroseconds.From(calendar.RangeOf(day).Start);

    private static string Normalized(string email) => email.ToUpperInvariant();

    private static string UserId(string name) => Id($"user|{name}");

    private static string Id(string text) => Convert.ToHexStringLower(Hash(text).AsSpan(0, 16));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
