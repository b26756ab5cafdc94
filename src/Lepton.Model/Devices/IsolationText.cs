namespace Lepton.Model;

/// <summary>Isolation in the words of a job spec and of explanations.</summary>
public static class IsolationText
{
    private static readonly (IsolationAbilities Ability, string Word)[] s_words =
    [
        (IsolationAbilities.Visibility, "visibility"), (IsolationAbilities.MemoryWatch, "memoryWatch"), (IsolationAbilities.Mig, "mig"),
        (IsolationAbilities.Mps, "mps"), (IsolationAbilities.Cgroup, "cgroup"), (IsolationAbilities.Container, "container"),
    ];

    /// <summary><c>memoryWatch, cgroup</c>; <c>none</c>.</summary>
    public static string Of(IsolationAbilities abilities) => abilities == IsolationAbilities.None
        ? "none"
        : string.Join(", ", s_words.Where(w => abilities.HasFlag(w.Ability)).Select(w => w.Word));
}
