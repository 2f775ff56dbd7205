namespace Settlements.TestRun;

/// <summary>Numbers of passed, failed and skipped tests.</summary>
internal sealed record TestSum(int Passed, int Failed, int Skipped)
{
    public static TestSum operator +(TestSum left, TestSum right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
}
