namespace Settlement.SampleHost.Hosting;

/// <summary>An error of one field of a form or a JSON body.</summary>
/// <param name="Field">The name of the field in the API, such as <c>displayName</c>.</param>
/// <param name="Text">What is wrong, and what is accepted.</param>
internal sealed record FieldError(string Field, ErrorText Text);

/// <summary>Collects the errors of an input, so that all are reported at once, each at its field.</summary>
internal sealed class FieldErrors
{
    private readonly List<FieldError> _errors = [];

    public bool IsEmpty => _errors.Count == 0;

    public void Add(string field, ErrorText text) => _errors.Add(new FieldError(field, text));

    /// <summary>Throws an error of status 400 that has all collected errors, if there is one.</summary>
    /// <exception cref="PlatformException">There is an error.</exception>
    public void ThrowIfAny()
    {
        if (!IsEmpty)
            throw ToException();
    }

    /// <summary>Returns an error of status 400 that has all collected errors.</summary>
    public PlatformException ToException() => PlatformException.Invalid(_errors);
}
