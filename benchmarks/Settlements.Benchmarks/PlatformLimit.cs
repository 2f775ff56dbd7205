using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using MySqlConnector;

namespace Settlements.Benchmarks;

/// <summary>
/// The least that any implementation has to do for a report of a play, without rules and checks: groups of plays are read and locked,
/// updated, and their events inserted, in one transaction and two round trips, by statements written by hand.
/// </summary>
internal static class PlatformLimit
{
    private const int Plays = 20_000;
    private const string Meter = "video.seconds";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);

    /// <summary>Runs the work.</summary>
    /// <param name="args">
    /// <c>platform-limit</c>, the address, the connections, the plays of a transaction, the callers. Each caller reports after its last
    /// report was committed, on one of the connections, whose waiting reports are a transaction. Without callers (0), each connection
    /// writes one transaction after the other.
    /// </param>
    /// <param name="start">Starts the measurement.</param>
    /// <param name="end">Ends the measurement.</param>
    /// <returns>
    /// The reports; median and 99th percentile of the milliseconds of a transaction; this process's CPU in percent of a core.
    /// </returns>
    public static async Task<(long Rows, double[] Waits)> RunAsync(string[] args, Action start, Action end)
    {
        var (address, connections) = (args[1], int.Parse(args[2], null));
        var (group, callers) = (int.Parse(args[3], null), int.Parse(args[4], null));
        await using var work = await PlatformWork.StartAsync("mysql", address, "1");
        await AddPlaysAsync(address);
        Func<TimeSpan, Task<List<double>>> write = callers > 0
            ? time => CallAsync(address, connections, callers, time)
            : time => WriteAsync(address, connections, group, time);
        await write(WarmUp);
        var cpuBefore = Environment.CpuUsage.TotalTime;
        start();
        var begun = Stopwatch.GetTimestamp();
        var waits = await write(TimeMax);
        end();
        var cpu = (Environment.CpuUsage.TotalTime - cpuBefore) / Stopwatch.GetElapsedTime(begun) * 100;
        waits.Sort();
        return ((long)waits.Count * (callers > 0 ? 1 : group), [waits[waits.Count / 2], waits[(int)(waits.Count * 99L / 100)], cpu]);
    }

    private static async Task<List<double>> WriteAsync(string address, int connections, int group, TimeSpan time)
    {
        var waits = await Task.WhenAll(Enumerable.Range(0, connections).Select(one => Task.Run(() => Write(
            address, [.. Enumerable.Range(0, Plays).Where(play => play % connections == one)], group, time))));
        return [.. waits.SelectMany(w => w)];
    }

    /// <summary>Callers who wait for the commits of their reports, which are grouped as the sample groups them.</summary>
    private static async Task<List<double>> CallAsync(string address, int connections, int callers, TimeSpan time)
    {
        Channel<(int Play, TaskCompletionSource Committed)>[] queues =
        [
            .. Enumerable.Range(0, connections)
                .Select(_ => Channel.CreateUnbounded<(int Play, TaskCompletionSource Committed)>(new() { SingleReader = true })),
        ];
        var writers = queues.Select(queue => Task.Run(() => WriteGroupsAsync(address, queue.Reader))).ToArray();
        var begun = Stopwatch.GetTimestamp();
        var waits = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(begun) < time)
            {
                var called = Stopwatch.GetTimestamp();
                var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                queues[caller % connections].Writer.TryWrite((caller, committed));
                await committed.Task;
                own.Add(Stopwatch.GetElapsedTime(called).TotalMilliseconds);
            }

            return own;
        })));
        foreach (var queue in queues)
            queue.Writer.Complete();
        await Task.WhenAll(writers);
        return [.. waits.SelectMany(w => w)];
    }

    private static async Task WriteGroupsAsync(string address, ChannelReader<(int Play, TaskCompletionSource Committed)> queue)
    {
        await using var connection = new MySqlConnection(address);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        var (group, values) = (new List<(int Play, TaskCompletionSource Committed)>(), new object[16]);
        while (await queue.WaitToReadAsync())
        {
            group.Clear();
            while (queue.TryRead(out var waiting))
                group.Add(waiting);
            int[] plays = [.. group.Select(w => w.Play).Order()];
            Read(command, plays, values);
            Write(command, plays);
            group.ForEach(w => w.Committed.SetResult());
        }
    }

    private static List<double> Write(string address, int[] plays, int group, TimeSpan time)
    {
        using var connection = new MySqlConnection(address);
        connection.Open();
        using var command = connection.CreateCommand();
        var (begun, next, waits, values) = (Stopwatch.GetTimestamp(), 0, new List<double>(), new object[16]);
        while (Stopwatch.GetElapsedTime(begun) < time)
        {
            var called = Stopwatch.GetTimestamp();
            int[] some = [.. Enumerable.Range(next, group).Select(i => plays[i % plays.Length]).Order()];
            next += group;
            Read(command, some, values);
            Write(command, some);
            waits.Add(Stopwatch.GetElapsedTime(called).TotalMilliseconds);
        }

        return waits;
    }

#pragma warning disable CA2100 // numbers and constants
    private static void Read(MySqlCommand command, int[] plays, object[] values)
    {
        command.CommandText = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION; SELECT * FROM plays "
            + $"WHERE play_id IN ('{string.Join("','", plays.Select(Id))}') FOR UPDATE";
        using var reader = command.ExecuteReader();
        var found = 0;
        while (reader.Read())
        {
            reader.GetValues(values);
            found++;
        }

        if (found != plays.Length)
            throw new InvalidOperationException($"{found} of {plays.Length} plays were found.");
    }

    private static void Write(MySqlCommand command, int[] plays)
    {
        var text = new StringBuilder("INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES ");
        text.AppendJoin(',', plays.Select(play => string.Create(
            CultureInfo.InvariantCulture,
            $"('{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss.ffffff}',X'{Guid.CreateVersion7():N}','{Meter}','clip-{play % 100:000}','p',30)")));
        text.Append(
            "; INSERT INTO plays (play_id, video_id, viewer, payee_id, view_state, state, length_ms, start_ms, furthest_ms, position_ms, "
            + "sequence, started_at, reported_at, accounted_until) VALUES ");
        text.AppendJoin(',', plays.Select(play => $"('{Id(play)}','','','',1,0,0,0,30000,30000,2,0,{Stopwatch.GetTimestamp()},1)"));
        text.Append(
            " ON DUPLICATE KEY UPDATE state = VALUES(state), furthest_ms = VALUES(furthest_ms), position_ms = VALUES(position_ms), "
            + "sequence = VALUES(sequence), reported_at = VALUES(reported_at), accounted_until = VALUES(accounted_until); COMMIT");
        command.CommandText = text.ToString();
        command.ExecuteNonQuery();
    }

    private static async Task AddPlaysAsync(string address)
    {
        await using var connection = new MySqlConnection(address);
        await connection.OpenAsync();
        foreach (var some in Enumerable.Range(0, Plays).Chunk(1_000))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO plays (play_id, video_id, viewer, payee_id, view_state, state, length_ms, start_ms, "
                + "furthest_ms, position_ms, sequence, started_at, reported_at, accounted_until) VALUES "
                + string.Join(',', some.Select(
                    play => $"('{Id(play)}','clip-{play % 100:000}','device:{play}','payee-of-the-owner',1,0,700000,0,0,0,1,0,0,0)"));
            await command.ExecuteNonQueryAsync();
        }
    }
#pragma warning restore CA2100

    private static string Id(int play) => $"{play:x32}";
}
