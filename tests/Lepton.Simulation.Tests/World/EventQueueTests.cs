using Lepton.Simulation.World;

namespace Lepton.Simulation.Tests.World;

public sealed class EventQueueTests
{
    [Fact]
    public void Events_happen_in_the_order_of_time_and_those_of_one_instant_as_they_were_asked_for()
    {
        var queue = new EventQueue();
        var seen = new List<string>();
        queue.At(20, () => seen.Add("late"));
        queue.At(10, () => seen.Add("first"));
        queue.At(10, () => queue.At(5, () => seen.Add("now, not in the past")));
        queue.At(10, () => seen.Add("second"));

        while (queue.RunNext())
        {
        }

        Assert.Equal(["first", "second", "now, not in the past", "late"], seen);
        Assert.Equal(20, queue.Now);
        Assert.Equal(5, queue.Steps);
    }

    [Fact]
    public void An_event_that_found_nothing_to_do_is_no_step()
    {
        var queue = new EventQueue();
        queue.At(1, queue.Moot);

        Assert.True(queue.RunNext());
        Assert.False(queue.RunNext());
        Assert.Equal(0, queue.Steps);
    }
}
