using Lepton.Contracts;

namespace Lepton.Hosting;

/// <summary>What every store refuses before it looks at its rows: mistakes of the caller, so that no implementation is laxer than another.</summary>
internal static class RowChecks
{
    /// <summary>Rows a list page has at most.</summary>
    public const int PageLimit = 10_000;

    public static void Batch(IReadOnlyList<RowWrite> batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var write = batch[i];
            if (string.IsNullOrEmpty(write.Key)) throw new ArgumentException($"Write {i} of {batch.Count} has no key.", nameof(batch));
            if (write.ExpectedETag < 0)
            {
                throw new ArgumentException($"Write of '{write.Key}' expects ETag {write.ExpectedETag}; ETags are 0 (absent) or more.", nameof(batch));
            }

            for (var j = 0; j < i; j++)
            {
                if (batch[j].Key == write.Key) throw new ArgumentException($"Key '{write.Key}' is twice in one batch.", nameof(batch));
            }
        }
    }

    public static void List(RowList list)
    {
        if (list.Limit is < 1 or > PageLimit)
        {
            throw new ArgumentOutOfRangeException(nameof(list), list.Limit, $"A page has 1 to {PageLimit} rows.");
        }
    }
}
