namespace Settlements.Testing;

/// <summary>Nothing is lost and nothing twice, wherever a run is cut off.</summary>
public abstract class CrashContract
{
    /// <summary>All statements take minutes: a part of them for every build, all with <c>SETTLEMENT_TESTS=long</c>.</summary>
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    protected abstract StoreUnderTest NewStore();

    /// <summary>How many statements are passed over in a short run.</summary>
    protected virtual int ShortEvery => 41;

    /// <summary>The same in a long run. The six faults begin at different statements: with 6, each statement has one of them.</summary>
    protected virtual int LongEvery => 1;

    [Fact]
    public async Task A_crash_at_any_statement_and_a_new_start_give_the_rows_of_a_run_without_crashes()
    {
        var report = await CrashTest.RunAsync(() => new SmallSettlement(NewStore()), IsLong ? LongEvery : ShortEvery, TestContext.Current.CancellationToken);

        TestContext.Current.SendDiagnosticMessage(
            $"{GetType().Name}: {report.CrashPoints} crash points over {report.Statements} statements, {report.RecoveredByItself} without a new start");
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        report.Statements.Should().BeGreaterThan(200);
        report.CrashPoints.Should().BeGreaterThan(5 * report.Statements / (IsLong ? LongEvery : ShortEvery));
    }
}
