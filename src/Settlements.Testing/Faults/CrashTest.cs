using System.Globalization;

namespace Settlements.Testing;

/// <summary>A job under test for <see cref="CrashTest"/>, together with the state that it writes.</summary>
public interface ICrashSubject : IAsyncDisposable
{
    /// <summary>
    /// Runs the job to its end, from whatever state the database has, with every connection under the plan. The first call has an empty
    /// database; after a failure the job is called once more, without faults, as a restarted process would run it.
    /// </summary>
    /// <param name="faults">The injected faults.</param>
    /// <param name="cancellationToken">Cancels the job.</param>
    /// <returns>A task that completes with the job.</returns>
    Task RunAsync(FaultPlan faults, CancellationToken cancellationToken);

    /// <summary>Returns the state to compare, as text: for example all rows of all tables, in a fixed order.</summary>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <returns>The text.</returns>
    Task<string> DumpAsync(CancellationToken cancellationToken);
}

/// <summary>The result of a crash test.</summary>
/// <param name="Statements">Number of statements that the job executes without faults.</param>
/// <param name="CrashPoints">Number of injected faults, each followed by a restart, if the job failed, and a comparison.</param>
/// <param name="RecoveredWithoutRestart">Number of injected faults from which the job recovered without a restart.</param>
public sealed record CrashReport(long Statements, long CrashPoints, long RecoveredWithoutRestart);

/// <summary>Thrown when the state after a crash and a restart differs from the state without a crash.</summary>
public sealed class CrashDifferenceException : Exception
{
    internal CrashDifferenceException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>
/// Runs a job once for each statement and each kind of fault, injects the fault there, restarts the job and compares the resulting state
/// with that of a run without faults.
/// </summary>
public static class CrashTest
{
    private static readonly (FaultKind Kind, FaultSide Side)[] Faults =
        [.. from kind in Enum.GetValues<FaultKind>() from side in Enum.GetValues<FaultSide>() select (kind, side)];

    /// <summary>
    /// Runs the job once without faults; then, for each kind of fault, with the fault at the first statement, the second, and so on, until
    /// the job has fewer statements than that. If the job fails, it is restarted without faults; then the state is compared.
    /// </summary>
    /// <param name="createSubject">Creates the job with a new, empty database.</param>
    /// <param name="statementInterval">
    /// Tests one statement in this many, at least 1; 1 tests all. Each kind of fault starts at a different statement.
    /// </param>
    /// <param name="cancellationToken">Cancels the test.</param>
    /// <returns>The numbers of statements and of injected faults.</returns>
    /// <exception cref="CrashDifferenceException">The state differs, or a restart failed; the message names the fault.</exception>
    public static async Task<CrashReport> RunAsync(
        Func<ICrashSubject> createSubject, int statementInterval = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(createSubject);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(statementInterval);
        var count = FaultPlan.CountOnly();
        string expected;
        var reference = createSubject();
        await using (reference.ConfigureAwait(false))
        {
            await reference.RunAsync(count, cancellationToken).ConfigureAwait(false);
            expected = await reference.DumpAsync(cancellationToken).ConfigureAwait(false);
        }

        var (points, recovered) = (0L, 0L);
        for (var i = 0; i < Faults.Length; i++)
        {
            for (var at = 1L + i % statementInterval; ; at += statementInterval)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var plan = new FaultPlan(at, Faults[i].Kind, Faults[i].Side);
                var hasFailed = await TryAsync(createSubject, plan, expected, cancellationToken).ConfigureAwait(false);
                if (plan.Statements < at)
                    break;

                // After a statement whose rows were not read to the end, no fault is injected.
                if (!plan.IsInjected)
                    continue;
                points++;
                recovered += hasFailed ? 0 : 1;
            }
        }

        return new CrashReport(count.Statements, points, recovered);
    }

    /// <returns>Whether the job failed and was restarted.</returns>
    private static async Task<bool> TryAsync(
        Func<ICrashSubject> createSubject, FaultPlan plan, string expected, CancellationToken cancellationToken)
    {
        var subject = createSubject();
        await using (subject.ConfigureAwait(false))
        {
            Exception? failure = null;
            try
            {
                await subject.RunAsync(plan, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (plan.IsInjected)
            {
                failure = e;
            }

            try
            {
                if (failure is not null)
                    await subject.RunAsync(FaultPlan.CountOnly(), cancellationToken).ConfigureAwait(false);
                var found = await subject.DumpAsync(cancellationToken).ConfigureAwait(false);
                if (found != expected)
                {
                    throw new CrashDifferenceException(
                        $"{plan}: the state after the fault differs: {Difference(expected, found)} "
                        + $"Error of the job: {failure?.Message ?? "none"}",
                        failure);
                }
            }
            catch (Exception e) when (e is not (CrashDifferenceException or OperationCanceledException))
            {
                throw new CrashDifferenceException(
                    $"{plan}: the restart failed: {e.Message} Error before it: {failure?.Message ?? "none"}", e);
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
        return string.Create(
            CultureInfo.InvariantCulture,
            $"line {at + 1} of {two.Length} is '{two.ElementAtOrDefault(at)}'; without faults it is "
            + $"'{one.ElementAtOrDefault(at)}' (of {one.Length}).");
    }
}
