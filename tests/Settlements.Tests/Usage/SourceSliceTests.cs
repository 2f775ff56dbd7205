using FsCheck;
using FsCheck.Fluent;
using Settlements.Stores;

namespace Settlements.Tests.Usage;

/// <summary>Tests of the text of a slice in checkpoints, which a resumed close parses in another process and culture.</summary>
public sealed class SourceSliceTests
{
    private static readonly DateTimeOffset Instant = new(2024, 7, 1, 9, 30, 0, 123, 456, TimeSpan.FromHours(9));

    [Fact]
    public void The_text_of_a_slice_is_the_same_in_every_culture_and_release()
    {
        var slices = new[]
        {
            new SourceSlice(null, [SliceValue.Of(-42), SliceValue.Of(ulong.MaxValue)]),
            new SourceSlice([SliceValue.Of(Instant), SliceValue.Of([0, 255])], null, IsLate: true),
            new SourceSlice([SliceValue.Of("a\"b")], [SliceValue.Of("é")]),
        };

        Rates.InEveryCulture.Run(() => slices.Select(s => s.ToString()).Should().Equal(
            """{"From":null,"To":["i-42","u18446744073709551615"],"Late":false}""",
            """{"From":["d2024-07-01T00:30:00.123456","x00ff"],"To":null,"Late":true}""",
            """{"From":["ta\u0022b"],"To":["t\u00E9"],"Late":false}"""));
    }

    [Fact]
    public void A_slice_parsed_from_its_text_has_the_same_bounds()
    {
        var value = Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>().Select(SliceValue.Of), ArbMap.Default.GeneratorFor<ulong>().Select(SliceValue.Of),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Where(s => s.Get.All(c => !char.IsSurrogate(c)))
                .Select(s => SliceValue.Of(s.Get)),
            ArbMap.Default.GeneratorFor<byte[]>().Select(b => SliceValue.Of(b.AsSpan())),
            Gen.Choose(-1_000_000, 1_000_000).Select(m => SliceValue.Of(Instant.AddMicroseconds(m))));
        var bound = Gen.OneOf(Gen.Constant<SliceValue[]?>(null), value.NonEmptyListOf().Select(l => (SliceValue[]?)[.. l]));
        var slices = from first in bound
                     from end in bound
                     from isLate in ArbMap.Default.GeneratorFor<bool>()
                     select new SourceSlice(first, end, isLate);

        Prop.ForAll(slices.ToArbitrary(), slice =>
        {
            var read = SourceSlice.Parse(slice.ToString());
            read.Should().Be(slice);
            (read.From?.Select(v => v.Value) ?? []).Should()
                .BeEquivalentTo(slice.From?.Select(v => v.Value) ?? [], o => o.WithStrictOrdering());
            (read.To?.SequenceEqual(slice.To!) ?? slice.To is null).Should().BeTrue();
            read.IsLate.Should().Be(slice.IsLate);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"From":["q1"],"To":null,"Late":false}""")]
    [InlineData("""{"From":[""],"To":null,"Late":false}""")]
    [InlineData("""{"From":["i1.5"],"To":null,"Late":false}""")]
    [InlineData("""{"From":["xfoo"],"To":null,"Late":false}""")]
    public void A_malformed_slice_is_an_error(string text)
    {
        var parse = () => SourceSlice.Parse(text);

        parse.Should().Throw<FormatException>();
    }

    [Fact]
    public void A_checkpoint_has_the_source_and_the_slice_and_omits_the_name_of_the_event_table()
    {
        var slice = new SourceSlice([SliceValue.Of(1)], null);

        new SumChunk("plays", slice).ToString().Should()
            .Be("""{"Source":"plays","Bounds":"{\u0022From\u0022:[\u0022i1\u0022],\u0022To\u0022:null,\u0022Late\u0022:false}"}""");
        new SumChunk(IUsageSource.EventTableName, slice).ToString().Should().StartWith("""{"Source":null,"Bounds":"{""");
        SumChunk.Carried.ToString().Should().Be("""{"Source":null,"Bounds":null}""");
        foreach (var chunk in new[] { new SumChunk("plays", slice), new SumChunk(IUsageSource.EventTableName, slice), SumChunk.Carried })
            SumChunk.Parse(chunk.ToString()).Should().Be(chunk);
    }
}
