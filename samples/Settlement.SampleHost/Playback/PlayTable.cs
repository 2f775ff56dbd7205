using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Playback;

/// <summary>The statements about plays, inside a write of the caller's.</summary>
internal static class PlayTable
{
    private const string Columns =
        "play_id, video_id, viewer, payee_id, is_counted, state, length_ms, start_ms, furthest_ms, position_ms, sequence, started_at, reported_at, accounted_until";

    /// <summary>Locks what a viewer and a video have in common until the commit, and makes it when it is not there.</summary>
    public static async Task<Viewing> LockAsync(PlatformDatabase database, Sql statements, string videoId, string viewer)
    {
        var key = new { videoId, viewer };
        const string Lock = "UPDATE viewings SET resume_ms = resume_ms WHERE video_id = @videoId AND viewer = @viewer";
        if (await statements.ExecuteAsync(Lock, key) == 0
            && !await database.TryInsertAsync(statements, "INSERT INTO viewings (video_id, viewer, resume_ms) VALUES (@videoId, @viewer, 0)", key))
        {
            // Somebody made it in between; now it is there to be locked.
            await statements.ExecuteAsync(Lock, key);
        }

        return (await statements.FindAsync<Viewing>(
            "SELECT resume_ms, play_id, counted_at FROM viewings WHERE video_id = @videoId AND viewer = @viewer", key))!;
    }

    public static Task<Play?> FindAsync(Sql statements, string playId) =>
        statements.FindAsync<Play>($"SELECT {Columns} FROM plays WHERE play_id = @playId", new { playId });

    /// <summary>Adds a play, ends the one before it, and notes both on the viewing.</summary>
    public static async Task AddAsync(Sql statements, Play play, Viewing viewing)
    {
        if (viewing.PlayId is { } earlier)
        {
            await statements.ExecuteAsync(
                "UPDATE plays SET state = @replaced WHERE play_id = @earlier AND state = @playing",
                new { earlier, replaced = (long)PlayStage.Replaced, playing = (long)PlayStage.Playing });
        }

        await statements.ExecuteAsync(
            $"""
            INSERT INTO plays ({Columns})
            VALUES (@PlayId, @VideoId, @Viewer, @PayeeId, @IsCounted, @State, @LengthMs, @StartMs, @FurthestMs, @PositionMs, @Sequence, @StartedAt,
                @ReportedAt, @AccountedUntil)
            """,
            Values(play));
        await statements.ExecuteAsync(
            "UPDATE viewings SET resume_ms = @resumeMs, play_id = @PlayId, counted_at = @countedAt WHERE video_id = @VideoId AND viewer = @Viewer",
            new
            {
                play.VideoId, play.Viewer, play.PlayId, resumeMs = play.StartMs, countedAt = play.IsCounted ? play.StartedAt : viewing.CountedAt,
            });
    }

    public static async Task UpdateAsync(Sql statements, Play play)
    {
        await statements.ExecuteAsync(
            """
            UPDATE plays SET state = @State, furthest_ms = @FurthestMs, position_ms = @PositionMs, sequence = @Sequence, reported_at = @ReportedAt,
                accounted_until = @AccountedUntil
            WHERE play_id = @PlayId
            """,
            Values(play));
        await statements.ExecuteAsync(
            "UPDATE viewings SET resume_ms = @resumeMs WHERE video_id = @VideoId AND viewer = @Viewer",
            new { play.VideoId, play.Viewer, resumeMs = PlayRules.ResumeMs(play) });
    }

    private static object Values(Play play) => new
    {
        play.PlayId, play.VideoId, play.Viewer, play.PayeeId, IsCounted = play.IsCounted ? 1L : 0L, State = (long)play.State, play.LengthMs, play.StartMs,
        play.FurthestMs, play.PositionMs, play.Sequence, play.StartedAt, play.ReportedAt, play.AccountedUntil,
    };
}
