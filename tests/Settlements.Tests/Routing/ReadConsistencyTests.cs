using Settlements.Routing;

namespace Settlements.Tests.Routing;

public sealed class ReadConsistencyTests
{
    [Fact]
    public void The_default_consistency_reads_from_the_primary()
    {
        default(ReadConsistency).Should().Be(ReadConsistency.Primary);
        ReadConsistency.After(CausalToken.None).Should().Be(ReadConsistency.Eventual);
        FluentActions.Invoking(() => ReadConsistency.AtMostStale(TimeSpan.Zero)).Should().Throw<ArgumentOutOfRangeException>().WithMessage(
            "*more than zero*");
    }
}
