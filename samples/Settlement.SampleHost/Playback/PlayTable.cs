using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Playback;

/// <summary>Reads and writes plays in bulk on the caller's connection: one round trip per statement, for any number of plays.</summary>
internal static class PlayTable
{
    private static readonly (string Name, ColumnKind Kind)[] Columns =
    [
        ("play_id", ColumnKind.Id), ("video_id", ColumnKind.Text), ("viewer", ColumnKind.Text), ("payee_id", ColumnKind.Text),
        ("view_state", ColumnKind.Integer), ("state", ColumnKind.Integer), ("length_ms", ColumnKind.Integer), (
            "start_ms", ColumnKind.Integer),
        ("furthest_ms", ColumnKind.Integer), ("position_ms", ColumnKind.Integer), ("sequence", ColumnKind.Integer), (
            "started_at", ColumnKind.Integer),
        ("reported_at", ColumnKind.Integer), ("accounted_until", ColumnKind.Integer), ("viewed_at", ColumnKind.Integer),
        ("counted_before", ColumnKind.Integer),
    ];

    private static readonly (string Name, ColumnKind Kind)[] ViewingColumns =
    [
        ("viewer", ColumnKind.Text), ("video_id", ColumnKind.Text), ("play_id", ColumnKind.Id), ("counted_at", ColumnKind.Integer),
    ];

    private static readonly (string Name, ColumnKind Kind)[] VideoIds = [("video_id", ColumnKind.Text)];

    private static readonly (string Name, ColumnKind Kind)[] ItemIds = [("item_id", ColumnKind.Text)];

    private static readonly RowWrite Added = RowWrite.Insert("plays", Columns);

    private static readonly RowWrite Changed = RowWrite.Upsert(
        "plays", Columns, "state", "furthest_ms", "position_ms", "sequence", "reported_at", "accounted_until", "view_state", "viewed_at");

    private static readonly RowWrite ChangedViewings = RowWrite.Upsert("viewings", ViewingColumns, "play_id", "counted_at");

    /// <summary>
    /// Returns existing viewings, locked until the commit, in the order of their keys. <see cref="Update(IEnumerable{Viewing})"/>
    /// creates missing ones.
    /// </summary>
    public static async Task<List<Viewing>> LockViewingsAsync(Sql statements, IEnumerable<(string Viewer, string VideoId)> keys)
    {
        // Locking in a fixed order avoids deadlocks between instances.
        var rows = keys.OrderBy(k => k.Viewer, StringComparer.Ordinal).ThenBy(k => k.VideoId, StringComparer.Ordinal)
            .Select(k => new object?[] { k.Viewer, k.VideoId }).ToList();
        var table = statements.Dialect.Rows(ViewingColumns[..2]);
        if (statements.Dialect.LocksRows)
        {
            await statements.ExecuteAsync(
                $"""
                INSERT INTO viewings (viewer, video_id) SELECT r.viewer, r.video_id FROM {table} r
                ON DUPLICATE KEY UPDATE play_id = viewings.play_id
                """,
                rows);
        }

        return await statements.ListAsync<Viewing>(
            $"""
            SELECT v.viewer, v.video_id, v.play_id, v.counted_at
            FROM {table} r JOIN viewings v ON v.viewer = r.viewer AND v.video_id = r.video_id
            """,
            rows);
    }

    public static Task<Play?> FindAsync(Sql statements, string playId) =>
        statements.FindAsync<Play>($"SELECT {Added.Names} FROM plays WHERE play_id = @playId", new { playId });

    /// <summary>Returns a viewer's last play of a video; null if there is none.</summary>
    public static Task<Play?> FindLastAsync(Sql statements, string viewer, string videoId) => statements.FindAsync<Play>(
        $"""
        SELECT {Joined(Columns, "p.")} FROM viewings v JOIN plays p ON p.play_id = v.play_id
            WHERE v.viewer = @viewer AND v.video_id = @videoId
        """,
        new { viewer, videoId });

    /// <summary>Returns existing plays, locked until the commit, in the order of their ids.</summary>
    public static Task<List<Play>> LockAsync(Sql statements, IEnumerable<string> playIds) => statements.ListAsync<Play>(
        $"""
        SELECT {Joined(Columns, "p.")} FROM {statements.Dialect.Rows(Columns[..1])} r JOIN plays p ON p.play_id = r.play_id
        {(statements.Dialect.LocksRows ? "FOR UPDATE" : "")}
        """,
        [.. playIds.Distinct().Order(StringComparer.Ordinal).Select(id => new object?[] { id })]);

    /// <summary>
    /// Returns existing videos, and the placements of videos with their ads, in any order: sorting such wide rows takes MariaDB longer than
    /// all other statements of a start.
    /// </summary>
    public static Task<(List<Video> Videos, List<Placement> Placements)> ListVideosAsync(Sql statements, IEnumerable<string> videoIds) =>
        statements.ListAsync<Video, Placement>(
            $"""
            SELECT v.video_id, v.title, v.length_ms, v.source, v.visibility, v.owner_id, u.payee_id
            FROM {statements.Dialect.Rows(VideoIds)} r JOIN videos v ON v.video_id = r.video_id JOIN users u ON u.user_id = v.owner_id
            WHERE v.deleted_at IS NULL
            """,
            $"""
            SELECT p.item_id, p.position_ms, p.ad_id, a.title AS ad_title, a.source AS ad_source,
                COALESCE(a.length_ms, 0) AS ad_length_ms
            FROM {statements.Dialect.Rows(VideoIds)} r JOIN placements p ON p.video_id = r.video_id LEFT JOIN ads a ON a.ad_id = p.ad_id
            """,
            [.. videoIds.Distinct().Select(id => new object?[] { id })]);

    /// <summary>Returns existing placements without their ads.</summary>
    public static Task<List<Placement>> FindPlacementsAsync(Sql statements, IEnumerable<string> itemIds) =>
        statements.ListAsync<Placement>(
        $"""
        SELECT p.item_id, p.position_ms, p.ad_id
        FROM {statements.Dialect.Rows(ItemIds)} r JOIN placements p ON p.item_id = r.item_id
        """,
        [.. itemIds.Distinct().Select(id => new object?[] { id })]);

    /// <summary>Returns the rows of new plays; an existing id is an error, so that no play replaces another.</summary>
    public static RowBatch Add(IEnumerable<Play> plays) => new(Added, [.. plays.Select(Values)]);

    /// <summary>Returns the rows of existing plays, which the transaction has locked.</summary>
    public static RowBatch Update(IEnumerable<Play> plays) => new(Changed, [.. plays.Select(Values)]);

    /// <summary>Returns the rows of new or existing viewings.</summary>
    public static RowBatch Update(IEnumerable<Viewing> viewings) =>
        new(ChangedViewings, [.. viewings.Select(v => new object?[] { v.Viewer, v.VideoId, v.PlayId, v.CountedAt })]);

    private static object?[] Values(Play play) =>
    [
        play.PlayId, play.VideoId, play.Viewer, play.PayeeId, (long)play.ViewState, (long)play.State, play.LengthMs, play.StartMs,
        play.FurthestMs, play.PositionMs, play.Sequence, play.StartedAt, play.ReportedAt, play.AccountedUntil, play.ViewedAt,
        play.CountedBefore,
    ];

    private static string Joined((string Name, ColumnKind Kind)[] columns, string prefix = "") =>
        string.Join(", ", columns.Select(c => prefix + c.Name));
}
