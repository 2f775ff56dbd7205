namespace Settlements.Testing;

/// <summary>What is crashed at every statement: a job, and all that it leaves behind.</summary>
public interface ICrashSubject : IAsyncDisposable
{
    /// <summary>
    /// Does the whole job from where it stands, with every connection under the plan. Called for the first time on a fresh database; when it
    /// fails, once more, without faults, as a new process would be started.
    /// </summary>
    /// <param name="faults">What fails.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When it is done.</returns>
    Task RunAsync(FaultPlan faults, CancellationToken cancellationToken);

    /// <summary>Everything that has to be the same, as text: for example every row of every table, in an order.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The text.</returns>
    Task<string> DumpAsync(CancellationToken cancellationToken);
}

/// <summary>What a crash test came to.</summary>
/// <param name="Statements">How many statements the job has without faults.</param>
/// <param name="CrashPoints">How many faults struck, each followed by a new start and a comparison.</param>
/// <param name="RecoveredByItself">How many of them the job went on from without a new start.</param>
public sealed record CrashReport(long Statements, long CrashPoints, long RecoveredByItself);

/// <summary>After a crash and a new start, something is not as it is without a crash.</summary>
public sealed class CrashDifferenceException : Exception
{
    internal CrashDifferenceException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>Fails a job at every statement, one after the other, in every way, and starts it again: what it leaves behind has to be the same.</summary>
public static class CrashTest
{
    private static readonly (FaultKind Kind, FaultSide Side)[] Faults =
        [.. from kind in Enum.GetValues<FaultKind>() from side in Enum.GetValues<FaultSide>() select (kind, side)];

    /// <summary>
    /// Runs the job once without faults; then, for each kind of fault, for the first statement, the second, and so on, until it gets through
    /// without one. After each fault the job is run again without, and compared.
    /// </summary>
    /// <param name="fresh">Makes the job over an empty database of its own.</param>
    /// <param name="every">Only every so manyth statement, for short runs; 1 takes all. Each kind of fault begins at another one.</param>
    /// <param name="cancellationToken">Stops the test.</param>
    /// <returns>How many faults were tried.</returns>
    /// <exception cref="CrashDifferenceException">Something is not the same, or a new start failed; names the fault.</exception>
    public static async Task<CrashReport> RunAsync(
        Func<ICrashSubject> fresh, int every = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fresh);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        var count = FaultPlan.CountOnly();
        string expected;
        var undisturbed = fresh();
        await using (undisturbed.ConfigureAwait(false))
        {
            await undisturbed.RunAsync(count, cancellationToken).ConfigureAwait(false);
            expected = await undisturbed.DumpAsync(cancellationToken).ConfigureAwait(false);
        }

        var (points, recovered) = (0L, 0L);
        for (var i = 0; i < Faults.Length; i++)
        {
            for (var at = 1L + i % every; ; at += every)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var plan = new FaultPlan(at, Faults[i].Kind, Faults[i].Side);
                var hasFailed = await TryAsync(fresh, plan, expected, cancellationToken).ConfigureAwait(false);
                if (plan.Statements < at)
                    break;

                // Nothing strikes after a statement whose rows were not read to the end.
                if (!plan.HasStruck)
                    continue;
                points++;
                recovered += hasFailed ? 0 : 1;
            }
        }

        return new CrashReport(count.Statements, points, recovered);
    }

    /// <returns>Whether the job failed and was started again.</returns>
    private static async Task<bool> TryAsync(Func<ICrashSubject> fresh, FaultPlan plan, string expected, CancellationToken cancellationToken)
    {
        var subject = fresh();
        await using (subject.ConfigureAwait(false))
        {
            Exception? failure = null;
            try
            {
                await subject.RunAsync(plan, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (plan.HasStruck)
            {
                failure = e;
            }

            try
            {
                if (failure is not null)
                    await subject.RunAsync(FaultPlan.CountOnly(), cancellationToken).ConfigureAwait(false);
                var found = await subject.DumpAsync(cancellationToken).ConfigureAwait(false);
                if (found != expected)
                    throw new CrashDifferenceException($"{plan}: {Difference(expected, found)} It failed with: {failure?.Message ?? "nothing"}", failure);
            }
            catch (Exception e) when (e is not (CrashDifferenceException or OperationCanceledException))
            {
                throw new CrashDifferenceException($"{plan}: the new start failed: {e.Message} Before: {failure?.Message ?? "nothing"}", e);
            }

            return failure is not null;
        }
    }

    private static string Difference(string expected, string found)
    {
        var (one, two) = (expected.Split('\n'), found.Split('\n'));
        var at = 0;
        while (at < one.Length && at < two.Length && one[at] == two[at])
            at++;
        return FormattableString.Invariant($"line {at + 1} is '{two.ElementAtOrDefault(at)}', without faults it is '{one.ElementAtOrDefault(at)}' (of {two.Length} and {one.Length} lines).");
    }
}
