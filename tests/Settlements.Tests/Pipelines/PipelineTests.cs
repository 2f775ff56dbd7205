using Settlements.Pipelines;

namespace Settlements.Tests.Pipelines;

public sealed class PipelineTests
{
    private static readonly string Emoji64 = string.Concat(Enumerable.Repeat("\U0001F600", 64));

    [Fact]
    public void Names_and_keys_of_up_to_64_code_points_are_accepted()
    {
        var pipeline = new Pipeline(Emoji64, Emoji64, "v1", [new NoStep()]);
        (pipeline.Name, pipeline.Key).Should().Be((Emoji64, Emoji64));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("key")]
    public void A_longer_name_or_key_is_refused_with_its_length_and_the_limit(string parameter)
    {
        var tooLong = Emoji64 + "a";
        FluentActions.Invoking(() =>
            new Pipeline(parameter == "name" ? tooLong : "n", parameter == "key" ? tooLong : "k", "v1", [new NoStep()]))
            .Should().Throw<ArgumentException>().WithMessage($"The {parameter} of a pipeline, *, has 65 characters; use at most 64.*");
    }

    private sealed class NoStep : PipelineStep
    {
        public override string Name => "none";

        public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
