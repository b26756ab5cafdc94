using Lepton.Client.Wire;

namespace Lepton.Client.Tests.Ids;

public sealed class IdempotencyKeyTests
{
    [Fact]
    public void Knows_the_region_a_key_belongs_to()
    {
        Assert.Equal("us-east", IdempotencyKey.Parse("us-east/1").Owner?.Value);
        Assert.Null(IdempotencyKey.Parse("bare").Owner);
        Assert.Equal("eu-west", IdempotencyKey.Parse(IdempotencyKey.NewFor("eu-west")).Owner?.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("x/")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void Refuses_what_is_no_key(string text)
    {
        var refused = Assert.Throws<LeptonException>(() => IdempotencyKey.Parse(text));
        Assert.Equal(ProblemCodes.BadParameter, refused.Code);
    }

    [Fact]
    public void Refuses_a_key_that_is_too_long()
    {
        IdempotencyKey.Parse(new string('x', 255));
        var refused = Assert.Throws<LeptonException>(() => IdempotencyKey.Parse(new string('x', 256)));
        Assert.Contains("256", refused.Message, StringComparison.Ordinal);
    }
}
