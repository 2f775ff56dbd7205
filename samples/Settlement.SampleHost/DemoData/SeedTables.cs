using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.DemoData;

/// <summary>
/// Inserts the rows of the seed, 1,000 per statement: concurrently starting instances wait for this transaction, so it must be short. An
/// existing row is an error.
/// </summary>
internal static class SeedTables
{
    private const int RowsMax = 1_000;

    private static readonly RowWrite Users = RowWrite.Insert("users",
    [
        ("user_id", ColumnKind.Id), ("email", ColumnKind.Text), ("normalized_email", ColumnKind.Text), ("display_name", ColumnKind.Text),
        ("payee_id", ColumnKind.Text), ("security_stamp", ColumnKind.Text), ("concurrency_stamp", ColumnKind.Text),
        ("lockout_enabled", ColumnKind.Integer), ("access_failed_count", ColumnKind.Integer), ("created_at", ColumnKind.Integer),
    ]);

    private static readonly RowWrite Roles = RowWrite.Insert("user_roles", [("user_id", ColumnKind.Id), ("role", ColumnKind.Text)]);

    private static readonly RowWrite Ads = RowWrite.Insert("ads",
        [("ad_id", ColumnKind.Id), ("title", ColumnKind.Text), ("length_ms", ColumnKind.Integer), ("created_at", ColumnKind.Integer)]);

    private static readonly RowWrite Videos = RowWrite.Insert("videos",
    [
        ("video_id", ColumnKind.Text), ("owner_id", ColumnKind.Id), ("title", ColumnKind.Text), ("length_ms", ColumnKind.Integer),
        ("created_at", ColumnKind.Integer),
    ]);

    private static readonly RowWrite Placements = RowWrite.Insert("placements",
        [("item_id", ColumnKind.Text), ("video_id", ColumnKind.Text), ("position_ms", ColumnKind.Integer), ("ad_id", ColumnKind.Id)]);

    public static Task AddUsersAsync(Sql sql, IEnumerable<PlatformUser> users) => AddAsync(sql, Users, users.Select(u => new object?[]
    {
        u.UserId, u.Email, u.NormalizedEmail, u.DisplayName, u.PayeeId, u.SecurityStamp, u.ConcurrencyStamp, u.LockoutEnabled ? 1L : 0L, 0L,
        u.CreatedAt,
    }));

    public static Task AddRolesAsync(Sql sql, IEnumerable<(string UserId, string Role)> roles) =>
        AddAsync(sql, Roles, roles.Select(r => new object?[] { r.UserId, r.Role }));

    public static Task AddAdsAsync(Sql sql, IEnumerable<Ad> ads, long createdAt) =>
        AddAsync(sql, Ads, ads.Select(a => new object?[] { a.AdId, a.Title, a.LengthMs, createdAt }));

    public static Task AddVideosAsync(Sql sql, IEnumerable<Video> videos) =>
        AddAsync(sql, Videos, videos.Select(v => new object?[] { v.VideoId, v.OwnerId, v.Title, v.LengthMs, v.CreatedAt }));

    public static Task AddPlacementsAsync(
        Sql sql, IEnumerable<(string ItemId, string VideoId, long PositionMs, string? AdId)> placements) =>
        AddAsync(sql, Placements, placements.Select(p => new object?[] { p.ItemId, p.VideoId, p.PositionMs, p.AdId }));

    private static async Task AddAsync(Sql sql, RowWrite write, IEnumerable<object?[]> rows)
    {
        foreach (var some in rows.Chunk(RowsMax))
            await sql.WriteAsync(new RowBatch(write, some));
    }
}
