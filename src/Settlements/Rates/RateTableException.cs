namespace Settlements;

/// <summary>Thrown when rates are invalid. Contains all errors, not only the first.</summary>
public sealed class RateTableException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">All errors, as sentences.</param>
    /// <param name="errors">The individual errors, in the order in which they were found; at least one.</param>
    internal RateTableException(string message, IReadOnlyList<string> errors)
        : base(message) => Errors = errors;

    /// <summary>
    /// All errors. For one table: phrases such as "tier 3 is up to 400000, below tier 2 (499999)". For a meter: sentences that start with
    /// the meter and the version.
    /// </summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>Creates the exception for errors of one table, given as phrases.</summary>
    internal static RateTableException OfTable(IReadOnlyList<string> phrases) =>
        new(string.Join('\n', phrases.Select(phrase => Sentence("Rate table", phrase))), phrases);

    /// <summary>Creates the exception for errors of a meter, given as sentences.</summary>
    internal static RateTableException OfMeter(IReadOnlyList<string> sentences) => new(string.Join('\n', sentences), sentences);

    /// <summary>Returns the phrase of an error as a sentence with a subject: "X has a gap: …." or "X: tier 3 is ….".</summary>
    internal static string Sentence(string subject, string phrase) =>
        phrase.StartsWith("has ", StringComparison.Ordinal) ? $"{subject} {phrase}." : $"{subject}: {phrase}.";
}
