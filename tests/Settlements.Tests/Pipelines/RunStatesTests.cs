using Settlements.Pipelines;

namespace Settlements.Tests.Pipelines;

/// <summary>Texts that stand in databases: they must not change with the code.</summary>
public sealed class RunStatesTests
{
    private static readonly DateTimeOffset Now = new(2024, 7, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(RunState.Completed, "completed")]
    [InlineData(RunState.Stopped, "stopped")]
    [InlineData(RunState.Failed, "failed")]
    public void A_run_ends_in_a_state_that_reads_back(RunState state, string text)
    {
        RunStates.EndText(state).Should().Be(text);
        RunStates.Parse(text, InstanceId.New(), Now.AddDays(-1), Now).Should().Be(state);
    }

    [Theory]
    [InlineData(RunState.Running)]
    [InlineData(RunState.Interrupted)]
    [InlineData(RunState.Abandoned)]
    public void A_run_does_not_end_in_other_states(RunState state) =>
        state.Invoking(RunStates.EndText).Should().Throw<ArgumentOutOfRangeException>();

    [Theory]
    [InlineData(0, RunState.Running)]
    [InlineData(-1, RunState.Interrupted)]
    public void A_running_run_is_interrupted_when_its_lease_ended(int seconds, RunState expected) =>
        RunStates.Parse("running", InstanceId.New(), Now.AddSeconds(seconds), Now).Should().Be(expected);

    [Fact]
    public void A_running_run_is_interrupted_when_its_process_ended()
    {
        var parts = InstanceId.New().Split(':');
        RunStates.Parse("running", $"{parts[0]}:{int.MaxValue}:{parts[2]}", Now.AddDays(1), Now).Should().Be(RunState.Interrupted);
    }

    [Fact]
    public void An_abandoned_run_reads_as_such() => RunStates.Parse("abandoned", "", Now, Now).Should().Be(RunState.Abandoned);

    [Fact]
    public void Every_state_of_days_and_proposals_reads_back_as_lower_case_text()
    {
        foreach (var state in Enum.GetValues<DayState>())
            DayStates.Parse(Lower(state, DayStates.Text(state))).Should().Be(state);
        foreach (var state in Enum.GetValues<ProposalState>())
            ProposalText.ParseState(Lower(state, ProposalText.Of(state))).Should().Be(state);
        foreach (var kind in Enum.GetValues<ProposalKind>())
            ProposalText.ParseKind(Lower(kind, ProposalText.Of(kind))).Should().Be(kind);

        static string Lower<T>(T value, string text)
            where T : struct, Enum
        {
            text.Should().Be(value.ToString().ToLowerInvariant());
            return text;
        }
    }

    [Fact]
    public void Texts_that_no_version_wrote_are_refused()
    {
        FluentActions.Invoking(() => RunStates.Parse("paused", "", Now, Now)).Should().Throw<InvalidOperationException>()
            .WithMessage("*pipeline_runs*'paused'*");
        FluentActions.Invoking(() => DayStates.Parse("open")).Should().Throw<InvalidOperationException>()
            .WithMessage("*business_days*'open'*");
        FluentActions.Invoking(() => ProposalText.ParseState("")).Should().Throw<InvalidOperationException>()
            .WithMessage("*proposals*state ''*");
        FluentActions.Invoking(() => ProposalText.ParseKind("x")).Should().Throw<InvalidOperationException>()
            .WithMessage("*proposals*kind 'x'*");
    }
}
