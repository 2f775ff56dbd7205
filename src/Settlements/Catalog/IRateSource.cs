namespace Settlements;

/// <summary>
/// Reads rate versions that the application keeps, in addition to those in code. Selected by <see cref="SettlementBuilder.RatesFrom{T}"/>.
/// Called concurrently; it must not write to the store of the settlement.
/// </summary>
/// <example>
/// <code>
/// public sealed class ContractRates : IRateSource
/// {
///     private readonly IReadOnlyList&lt;MeterRates&gt; _rates =
///     [
///         MeterRates.Build("video.view", rates =&gt; rates.ForPayee("ann", ann =&gt; ann
///             .Flat("ann-2024", new DateOnly(2024, 1, 1), Currency.KRW, price: 2m))),
///     ];
///
///     public Task&lt;IReadOnlyList&lt;MeterRates&gt;&gt; ReadAsync(CancellationToken cancellationToken) =&gt; Task.FromResult(_rates);
/// }
/// </code>
/// </example>
public interface IRateSource
{
    /// <summary>
    /// Returns all versions of the source. Called several times by each close: a version that has priced a published day must be returned
    /// unchanged for ever. Returning the same instances as before saves the comparison.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The rates by meter, each meter at most once. Versions that code or the store also has, by name, are errors, and so is another
    /// rounding than that of the meter in code, also where the source does not set one and code is not
    /// <see cref="Rounding.Truncating"/>.
    /// </returns>
    Task<IReadOnlyList<MeterRates>> ReadAsync(CancellationToken cancellationToken);
}
