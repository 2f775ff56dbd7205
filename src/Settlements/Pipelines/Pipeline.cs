namespace Settlements.Pipelines;

/// <summary>
/// A job that is divided into chunks, each processed exactly once, however often the job is stopped, killed and restarted. Immutable.
/// </summary>
/// <remarks>
/// A run is identified by <see cref="Name"/> and <see cref="Key"/>: a completed run is never repeated, an unfinished one is resumed. An
/// unfinished run with a different <see cref="Fingerprint"/> is abandoned, and a new run starts from the beginning.
/// </remarks>
public sealed class Pipeline
{
    private const int TextLengthMax = 64;

    /// <summary>Initializes a pipeline.</summary>
    /// <param name="name">The name of the job, for example <c>nightly-export</c>; 1 to 64 characters (code points).</param>
    /// <param name="key">The key of the run, for example a business day; 1 to 64 characters (code points).</param>
    /// <param name="fingerprint">
    /// Everything except the key that determines the results of the chunks (settings, rates, a version of the code), as text. All
    /// instances that work on the same run must use the same fingerprint.
    /// </param>
    /// <param name="steps">The steps in order, at least one. A step is planned when the previous one is done.</param>
    /// <exception cref="ArgumentException">A text is empty or too long, or there are no steps.</exception>
    public Pipeline(string name, string key, string fingerprint, IReadOnlyList<PipelineStep> steps)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(steps);
        Name = Checked(name, nameof(name));
        Key = Checked(key, nameof(key));
        Fingerprint = fingerprint;
        if (steps.Count == 0)
            throw new ArgumentException($"Pipeline '{name}' has no steps. Add at least one.", nameof(steps));
        Steps = [.. steps];
    }

    /// <summary>Gets the name of the job.</summary>
    public string Name { get; }

    /// <summary>Gets the key of the run.</summary>
    public string Key { get; }

    /// <summary>Gets everything except the key that determines the results of the chunks.</summary>
    public string Fingerprint { get; }

    /// <summary>Gets the steps in order.</summary>
    public IReadOnlyList<PipelineStep> Steps { get; }

    private static string Checked(string text, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(text, parameter);
        return CodePoints.Count(text) is var characters && characters <= TextLengthMax
            ? text
            : throw new ArgumentException(
                FormattableString.Invariant(
                    $"The {parameter} of a pipeline, '{text}', has {characters} characters; use at most {TextLengthMax}."), parameter);
    }
}
