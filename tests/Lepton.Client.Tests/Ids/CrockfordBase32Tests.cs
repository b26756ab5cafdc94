namespace Lepton.Client.Tests.Ids;

public sealed class CrockfordBase32Tests
{
    [Fact]
    public void Writes_26_characters_most_significant_first()
    {
        Assert.Equal("00000000000000000000000000", CrockfordBase32.Encode(UInt128.Zero));
        Assert.Equal("0000000000000000000000000Z", CrockfordBase32.Encode(31));
        Assert.Equal("00000000000000000000000010", CrockfordBase32.Encode(32));
        Assert.Equal("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", CrockfordBase32.Encode(UInt128.MaxValue));
    }

    [Fact]
    public void Reads_what_people_type()
    {
        Assert.Equal("01ABX110", CrockfordBase32.Normalise("o1abxilO"));
        Assert.True(CrockfordBase32.IsWritten("01ABX"));
        Assert.False(CrockfordBase32.IsWritten("01U"));
    }
}
