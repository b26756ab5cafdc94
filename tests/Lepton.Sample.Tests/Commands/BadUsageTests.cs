using Lepton.Sample.Commands;

namespace Lepton.Sample.Tests.Commands;

public sealed class BadUsageTests
{
    [Theory]
    [InlineData("", "No command")]
    [InlineData("trian", "'trian'")]
    [InlineData("train --input nowhere.csv.gz --trees 5 --leaves 4 --rate 0.1", "'nowhere.csv.gz'")]
    [InlineData("train --trees many --leaves 4 --rate 0.1", "--trees 'many'")]
    [InlineData("train --trees 0 --leaves 4 --rate 0.1", "--trees '0'")]
    [InlineData("train --trees 5 --leaves 1 --rate 0.1", "--leaves '1'")]
    [InlineData("train --trees 5 --leaves 4 --rate 1.5", "--rate '1.5'")]
    [InlineData("train --trees 5 --leaves 4 --rate NaN", "--rate 'NaN'")]
    [InlineData("train --trees 5 --leaves 4", "'--rate' needs a value")]
    [InlineData("train --trees 5 6 --leaves 4 --rate 0.1", "'5' '6'")]
    [InlineData("train --trees 5 --trees 6", "'--trees' is given twice")]
    [InlineData("train --forest 5", "'--forest'")]
    [InlineData("train stray", "'stray'")]
    [InlineData("pick", "'--models' needs a value")]
    [InlineData("pick --models nowhere", "'nowhere'")]
    [InlineData("deal --input nowhere.csv.gz --out x", "'nowhere.csv.gz'")]
    public void Exits_with_2_and_names_the_value(string line, string named)
    {
        var (output, error) = (new StringWriter(), new StringWriter());

        var code = CommandLine.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error);

        Assert.Equal(2, code);
        Assert.Contains(named, error.ToString().Split('\n')[0]);
        Assert.Contains("usage:", error.ToString());
    }

    [Fact]
    public void A_folder_without_models_is_a_failure_of_the_data_not_of_the_usage()
    {
        using var scratch = new Scratch();
        var error = new StringWriter();

        Assert.Equal(1, CommandLine.Run(["pick", "--models", scratch.Path(), "--out", scratch.Path("out")], new StringWriter(), error));
        Assert.Contains("No model was found", error.ToString());
    }
}
