using Lepton.Cuda.Nvml;

namespace Lepton.Cuda.Tests;

public sealed class LayoutTests
{
    [Fact]
    public void Has_every_struct_in_the_size_that_the_library_expects()
    {
        Assert.All(NvmlLayout.Sizes, s => Assert.Equal((s.Name, s.Theirs), (s.Name, s.Ours)));
        Assert.Null(NvmlLayout.Wrong());
        Assert.Equal((0x02000028u, 0x0100000cu), (MemoryV2.Word, TemperatureV1.Word));
    }

    [Theory]
    [InlineData(13000, "13.0")]
    [InlineData(12080, "12.8")]
    public void Reads_the_version_of_CUDA(int number, string version) => Assert.Equal(version, NvmlText.Cuda(number).ToString());
}
