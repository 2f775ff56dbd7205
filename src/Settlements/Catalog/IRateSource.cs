namespace Settlements;

/// <summary>
/// Reads rate versions that the application keeps, in addition to those in code. Selected by <see cref="SettlementBuilder.RatesFrom{T}"/>.
/// Called concurrently; it must not write to the store of the settlement.
/// </summary>
/// <example>
/// <code>
/// public sealed class ContractRates(ContractTable contracts) : IRateSource
/// {
///     public async Task&lt;IReadOnlyList&lt;MeterRates&gt;&gt; ReadAsync(CancellationToken cancellationToken) =&gt;
///         [.. (await contracts.ListAsync(cancellationToken)).Select(contract =&gt; contract.ToRates())];
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
    /// <returns>The rates by meter, each meter at most once. Versions that code or the store also has, by name, are errors.</returns>
    Task<IReadOnlyList<MeterRates>> ReadAsync(CancellationToken cancellationToken);
}
