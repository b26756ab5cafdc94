using Lepton.Sample.Comparing;
using Lepton.Sample.Data;
using Lepton.Sample.Features;

namespace Lepton.Sample.Tests.Comparing;

public sealed class ShapeMeansTests
{
    [Fact]
    public void Pools_shards_by_shape_and_falls_back_to_the_mean_of_all()
    {
        var means = new ShapeMeans([ShapeMeans.Tally([Row("a", 1), Row("a", 3), Row("b", 8)]), ShapeMeans.Tally([Row("a", 5)])]);

        double[] predicted = means.Predict([Row("a", 0), Row("b", 0), Row("new", 0)]);

        Assert.Equal([3, 8, 17.0 / 4], predicted);
    }

    private static FeatureRow Row(string shape, double target) => new(Part.Fit, shape, [], target);
}
