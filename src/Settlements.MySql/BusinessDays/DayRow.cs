using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>A row of the table business_days.</summary>
internal sealed class DayRow
{
    public static readonly string Columns =
        $"day AS Day, {Rows.Text("state")} AS State, starts_at AS StartsAt, ends_at AS EndsAt, run_id AS RunId, {Rows.Text("calendar")} "
        + $"AS Calendar, "
        + "published_at AS PublishedAt, events_dropped_at IS NULL AS HasEvents";

    public DateTime Day { get; set; }

    public string State { get; set; } = "";

    public DateTime StartsAt { get; set; }

    public DateTime EndsAt { get; set; }

    public long? RunId { get; set; }

    public string Calendar { get; set; } = "";

    public DateTime? PublishedAt { get; set; }

    public int HasEvents { get; set; }

    public BusinessDay ToDay() => new(
        Sql.Day(Day), DayStates.Parse(State), new UtcRange(Sql.Instant(StartsAt), Sql.Instant(EndsAt)), Calendar,
        RunId, PublishedAt is { } at ? Sql.Instant(at) : null)
    {
        HasEvents = HasEvents == 1,
    };
}
