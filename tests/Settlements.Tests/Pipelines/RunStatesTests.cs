using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Tests.Pipelines;

/// <summary>Tests of texts that are stored in databases and must not change with the code.</summary>
public sealed class RunStatesTests
{
    private static readonly DateTimeOffset Now = new(2024, 7, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(RunState.Completed, "completed")]
    [InlineData(RunState.Stopped, "stopped")]
    [InlineData(RunState.Failed, "failed")]
    public void The_text_of_a_final_run_state_parses_to_that_state(RunState state, string text)
    {
        RunStates.EndText(state).Should().Be(text);
        RunStates.Parse(text, InstanceId.New(), Now.AddDays(-1), Now).Should().Be(state);
    }

    [Theory]
    [InlineData(RunState.Running)]
    [InlineData(RunState.Interrupted)]
    [InlineData(RunState.Abandoned)]
    public void Other_run_states_are_not_final(RunState state) =>
        state.Invoking(RunStates.EndText).Should().Throw<ArgumentOutOfRangeException>();

    [Theory]
    [InlineData(0, RunState.Running)]
    [InlineData(-1, RunState.Interrupted)]
    public void A_running_run_is_interrupted_after_its_lease_expires(int seconds, RunState expected) =>
        RunStates.Parse("running", InstanceId.New(), Now.AddSeconds(seconds), Now).Should().Be(expected);

    [Fact]
    public void A_running_run_is_interrupted_when_its_process_ended()
    {
        var parts = InstanceId.New().Split(':');
        RunStates.Parse("running", $"{parts[0]}:{int.MaxValue}:{parts[2]}", Now.AddDays(1), Now).Should().Be(RunState.Interrupted);
    }

    [Fact]
    public void An_abandoned_run_stays_abandoned_after_its_lease_expires() =>
        RunStates.Parse("abandoned", "", Now, Now).Should().Be(RunState.Abandoned);

    [Fact]
    public void States_of_days_and_proposals_are_stored_as_lower_case_text_and_parse_back()
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
            text.Replace("-", "", StringComparison.Ordinal).Should().Be(value.ToString().ToLowerInvariant());
            return text;
        }
    }

    [Fact]
    public void Unknown_state_texts_are_refused()
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
