using Lepton.Sample.Comparing;

namespace Lepton.Sample.Tests.Comparing;

public sealed class ScoresTests
{
    [Fact]
    public void Median_factor_is_the_factor_by_which_half_of_the_tasks_are_wrong()
    {
        // Wrong by factors of 1, 2 and 10: the middle one is 2.
        var scores = Scores.Of([0, 0, 0], [0, Math.Log(2), -Math.Log(10)]);

        Assert.Equal(2, scores.MedianFactor, 12);
        Assert.Equal(Math.Sqrt((Math.Pow(Math.Log(2), 2) + Math.Pow(Math.Log(10), 2)) / 3), scores.Rmse, 12);
        Assert.Equal(2.0 / 3, scores.WithinTwo, 12);
    }

    [Fact]
    public void Median_of_an_even_number_lies_between_the_middle_two() =>
        Assert.Equal(Math.Exp(1.5), Scores.Of([0, 0, 0, 0], [0, 1, 2, 9]).MedianFactor, 12);

    [Fact]
    public void A_perfect_prediction_has_no_error() =>
        Assert.Equal(new Scores(2, 0, 1, 1), Scores.Of([3, 4], [3, 4]));

    [Fact]
    public void Refuses_predictions_for_other_rows() => Assert.Throws<ArgumentException>(() => Scores.Of([1, 2], [1]));
}
