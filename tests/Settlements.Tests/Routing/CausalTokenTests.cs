using FsCheck.Xunit;
using Settlements.Routing;

namespace Settlements.Tests.Routing;

public sealed class CausalTokenTests
{
    private const string A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    private const string B = "4f22fa47-71ca-11e1-9e33-c80aa9429562";

    [Theory]
    [InlineData("", "")]
    [InlineData(" ", "")]
    [InlineData("0-1-100", "0-1-100")]
    [InlineData("5-2-7,0-1-100", "0-1-100,5-2-7")]
    [InlineData("0-1-100, 0-2-90", "0-1-100")]
    [InlineData("4294967295-4294967295-18446744073709551615", "4294967295-4294967295-18446744073709551615")]
    [InlineData("3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5", A + ":1-5")]
    [InlineData(A + ":1-5:6:8-9", A + ":1-6:8-9")]
    [InlineData(A + ":7:1-3,\n" + B + ":2", A + ":1-3:7," + B + ":2")]
    [InlineData(A + ":1-3:Domain_1:5:15", A + ":1-3," + A + ":domain_1:5:15")]
    [InlineData(A + ":1-3," + A + ":4", A + ":1-4")]
    public void A_token_text_of_a_server_is_normalized(string text, string written)
    {
        CausalToken.Parse(text).ToString().Should().Be(written);
        CausalToken.Parse(written).Should().Be(CausalToken.Parse(text));
    }

    [Theory]
    [InlineData("0-1")]
    [InlineData("0-1-x")]
    [InlineData("0-1--5")]
    [InlineData("-1-1-1")]
    [InlineData("4294967296-1-1")]
    [InlineData("0-1-18446744073709551616")]
    [InlineData("0-1-100,")]
    [InlineData("0-1-100'; DROP TABLE x")]
    [InlineData("x:1-5")]
    [InlineData(A + ":")]
    [InlineData(A + ":0")]
    [InlineData(A + ":5-1")]
    [InlineData(A + ":1-9223372036854775807")]
    [InlineData(A + ":tag")]
    [InlineData(A + ":1:ta g:2")]
    [InlineData(A + ":1-5'")]
    public void A_malformed_token_is_refused(string text)
    {
        CausalToken.TryParse(text, out _).Should().BeFalse();
        FluentActions.Invoking(() => CausalToken.Parse(text)).Should().Throw<FormatException>().WithMessage(
            "*is not a causal token*0-1-100*");
    }

    [Fact]
    public void A_token_longer_than_the_limit_is_refused() =>
        CausalToken.TryParse(string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"{i}-1-1")), out _).Should().BeFalse();

    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "0-1-5", true)]
    [InlineData("0-1-5", "", false)]
    [InlineData("0-1-5", "0-1-5", true)]
    [InlineData("0-1-5", "0-2-6", true)]
    [InlineData("0-1-6", "0-1-5", false)]
    [InlineData("0-1-5,1-1-1", "0-1-9", false)]
    [InlineData("0-1-5", "1-1-9", false)]
    [InlineData(A + ":1-5", A + ":1-5", true)]
    [InlineData(A + ":5", A + ":1-4:6", false)]
    [InlineData(A + ":2-3", A + ":1-4:6," + B + ":1", true)]
    [InlineData(A + ":1-5", A + ":1-3:5", false)]
    [InlineData(B + ":1", A + ":1-9", false)]
    [InlineData(A + ":tag:1", A + ":1-9", false)]
    [InlineData(A + ":1", "0-1-9", false)]
    [InlineData("0-1-9", A + ":1", false)]
    public void A_position_covers_a_token_if_it_contains_all_of_its_transactions(string token, string position, bool covered) =>
        CausalToken.Parse(token).IsCoveredBy(CausalToken.Parse(position)).Should().Be(covered);

    [Theory]
    [InlineData("", "0-1-5", "0-1-5")]
    [InlineData("0-1-5", "0-2-7", "0-2-7")]
    [InlineData("0-1-5", "1-1-1", "0-1-5,1-1-1")]
    [InlineData(A + ":1-3", A + ":4:9", A + ":1-4:9")]
    [InlineData(A + ":1-3", B + ":1", A + ":1-3," + B + ":1")]
    [InlineData("0-1-5", A + ":1", A + ":1")]
    public void A_union_contains_the_transactions_of_both_tokens(string one, string other, string union) =>
        CausalToken.Parse(one).Union(CausalToken.Parse(other)).ToString().Should().Be(union);

    [Property]
    public bool A_union_covers_both_and_is_the_same_from_either_side(
        (byte Domain, byte Sequence)[] one, (byte Domain, byte Sequence)[] other)
    {
        var (a, b) = (Of(one), Of(other));
        var union = a.Union(b);
        return a.IsCoveredBy(union) && b.IsCoveredBy(union) && union.IsCoveredBy(b.Union(a)) && union.Union(a).Equals(union);
    }

    [Property]
    public bool Of_MySQL_a_position_covers_a_token_as_one_set_holds_another(byte[] token, byte[] position) =>
        OfMySql(token).IsCoveredBy(OfMySql(position)) == token.ToHashSet().IsSubsetOf(position);

    private static CausalToken Of((byte Domain, byte Sequence)[] gtids) =>
        CausalToken.Parse(string.Join(',', gtids.Select(g => $"{g.Domain}-1-{g.Sequence}")));

    private static CausalToken OfMySql(byte[] numbers) =>
        CausalToken.Parse(numbers.Length == 0 ? "" : $"{A}:{string.Join(':', numbers.Select(n => n + 1))}");
}
