namespace Settlements.Testing;

/// <summary>Contract test of crash safety: a crash at any statement neither loses nor duplicates a row.</summary>
public abstract class CrashContract
{
    /// <summary>Testing all statements takes minutes: builds test a part of them, <c>SETTLEMENT_TESTS=long</c> all.</summary>
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    protected abstract StoreUnderTest NewStore();

    /// <summary>The statement interval of a short run.</summary>
    protected virtual int ShortInterval => 41;

    /// <summary>
    /// The statement interval of a long run. The six faults start at different statements: with 6, each statement gets one of them.
    /// </summary>
    protected virtual int LongInterval => 1;

    [Fact]
    public async Task A_crash_at_any_statement_and_a_restart_give_the_rows_of_a_run_without_crashes()
    {
        var report = await CrashTest.RunAsync(
            () => new SmallSettlement(NewStore()), IsLong ? LongInterval : ShortInterval, TestContext.Current.CancellationToken);

        TestContext.Current.SendDiagnosticMessage(
            $"{GetType().Name}: {report.CrashPoints} crash points in {report.Statements} statements, "
            + $"{report.RecoveredWithoutRestart} recovered without a restart");
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        report.Statements.Should().BeGreaterThan(200);
        report.CrashPoints.Should().BeGreaterThan(5 * report.Statements / (IsLong ? LongInterval : ShortInterval));
    }
}
