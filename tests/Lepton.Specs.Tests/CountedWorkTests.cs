namespace Lepton.Specs.Tests;

/// <summary>What could grow faster than the text is counted, and stays within its limit.</summary>
public sealed class CountedWorkTests
{
    [Theory]
    [InlineData("large-nearly-right-dependencies")]
    [InlineData("large-nearly-right-placeholders")]
    [InlineData("large-unknown-fields")]
    public void Hints_cost_no_more_than_their_limit(string name)
    {
        var errors = new ErrorList();
        var tree = SpecText.Parse(LargeTexts.All[name](), SpecFormat.Detect, errors)!;
        SpecReader.ReadCounted(tree, Texts.Fleet, errors);
        Assert.True(errors.Any);
        Assert.InRange(errors.HintSteps, 1, SpecLimits.HintSteps);
    }

    [Fact]
    public void A_hint_is_not_given_when_nothing_is_left_for_it()
    {
        var errors = new ErrorList();
        Assert.Equal("labels", Nearest.Of("label", ["labels"], errors));
        while (errors.Affords(1)) { }
        Assert.Null(Nearest.Of("lables-and-much-more-text", ["labels-and-much-more-text", "labels-and-much-more-test"], errors));
        Assert.Equal(SpecLimits.HintSteps, errors.HintSteps);
    }

    [Fact]
    public void No_more_errors_are_looked_for_after_so_many_even_when_they_repeat_one_another()
    {
        var errors = new ErrorList();
        for (var i = 0; i < SpecLimits.ErrorsFound; i++) errors.Add(SpecPath.Root, new SpecMark(1, 1), "The same again.");
        Assert.True(errors.Full);
        Assert.Equal(["The same again. line 1:1", "This is the first error; there may be more. Maybe correct these first."], errors.ToImmutable().Select(e => e.ToString()).Order(StringComparer.Ordinal));
    }
}
