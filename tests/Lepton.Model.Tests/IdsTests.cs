using CsCheck;

namespace Lepton.Model.Tests;

/// <summary>Ids are written and read back the same, and nothing else is read.</summary>
public sealed class IdsTests
{
    private static readonly Gen<string> Name = Gen.Char["abcdefghij0123456789-"].Array[1, 12].Select(c => new string(c));

    [Fact]
    public void Reads_back_what_it_writes() =>
        Gen.Select(Name, Name, Gen.Int[0, 1_000_000]).Sample((region, key, index) =>
        {
            var task = new TaskId(new JobId(new RegionId(region), key), index);
            var node = new NodeId(new RegionId(region), key);
            Assert.True(TaskId.TryParse(task.ToString(), out var readTask));
            Assert.Equal(task, readTask);
            Assert.True(JobId.TryParse(task.Job.ToString(), out var readJob));
            Assert.Equal(task.Job, readJob);
            Assert.True(NodeId.TryParse(node.ToString(), out var readNode));
            Assert.Equal(node, readNode);
        });

    [Theory]
    [InlineData("")]
    [InlineData("us-east")]
    [InlineData("us-east.")]
    [InlineData(".key")]
    [InlineData("us-east.key/x")]
    [InlineData("us-east.key/-1")]
    [InlineData("us-east.key/")]
    public void Refuses_what_is_no_task(string text) => Assert.False(TaskId.TryParse(text, out _));

    [Theory]
    [InlineData("us-east.key/0")]
    [InlineData("key")]
    [InlineData("us-east.")]
    public void Refuses_what_is_no_job(string text) => Assert.False(JobId.TryParse(text, out _));

    [Fact]
    public void Row_keys_of_a_job_stand_in_order_of_their_index()
    {
        var job = new JobId(new RegionId("us-east"), "k");
        var keys = new[] { 0, 9, 10, 99, 100, 1_000_000 }.Select(i => TaskRow.KeyOf(new TaskId(job, i))).ToList();
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.All(keys, key => Assert.StartsWith(TaskRow.PrefixOf(job), key));
    }
}
