namespace Settlements.Pipelines;

/// <summary>
/// A job that is cut into chunks, each done exactly once, however often the job is stopped, killed and started again. Immutable.
/// </summary>
/// <remarks>
/// A run belongs to (<see cref="Name"/>, <see cref="Key"/>): a completed pair is never done again, an unfinished one goes on where it
/// stopped. An unfinished run whose <see cref="Fingerprint"/> is another one is abandoned, and a new run starts from the beginning.
/// </remarks>
public sealed class Pipeline
{
    private const int TextLengthMax = 64;

    /// <summary>Names the job and its steps.</summary>
    /// <param name="name">The job's name, for example <c>nightly-export</c>; 1 to 64 characters (code points).</param>
    /// <param name="key">What this run is for, for example a business day; 1 to 64 characters (code points).</param>
    /// <param name="fingerprint">
    /// Everything that the chunks' results depend on beside the key (settings, rates, a version of the code), as text. Two hosts that work on
    /// the same run must give the same.
    /// </param>
    /// <param name="steps">The steps, in their order: a step is planned when the one before it is done. At least one.</param>
    /// <exception cref="ArgumentException">A text is empty or too long, or there is no step.</exception>
    public Pipeline(string name, string key, string fingerprint, IReadOnlyList<PipelineStep> steps)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(steps);
        Name = Checked(name, nameof(name));
        Key = Checked(key, nameof(key));
        Fingerprint = fingerprint;
        if (steps.Count == 0)
            throw new ArgumentException($"Pipeline '{name}' has no steps. Give at least one.", nameof(steps));
        Steps = [.. steps];
    }

    /// <summary>The job's name.</summary>
    public string Name { get; }

    /// <summary>What this run is for.</summary>
    public string Key { get; }

    /// <summary>What the chunks' results depend on beside the key.</summary>
    public string Fingerprint { get; }

    /// <summary>The steps, in their order.</summary>
    public IReadOnlyList<PipelineStep> Steps { get; }

    private static string Checked(string text, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(text, parameter);
        return CodePoints.Count(text) is var characters && characters <= TextLengthMax
            ? text
            : throw new ArgumentException(
                FormattableString.Invariant($"'{text}' has {characters} characters; a pipeline's {parameter} has at most {TextLengthMax}."), parameter);
    }
}
