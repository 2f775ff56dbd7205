using Settlements;

namespace Settlement.SampleHost.Rates;

/// <summary>The gate of drafts of rates, from the section <c>RateTrials</c>.</summary>
internal sealed class RateTrialOptions
{
    /// <summary>The percentage by which the total may change, up or down; 0 or more.</summary>
    public decimal TotalPercentMax { get; set; } = 10;

    /// <summary>The percentage by which the amount of a payee may change, up or down; 0 or more.</summary>
    public decimal PayeePercentMax { get; set; } = 25;

    /// <summary>The paid amount in KRW up to which a payee is not compared; 0 or more.</summary>
    public decimal PayeeAmountMin { get; set; } = 10_000;

    public TrialGate ToGate() => new()
    {
        TotalPercentMax = TotalPercentMax, PayeePercentMax = PayeePercentMax, PayeeAmountMin = PayeeAmountMin,
    };
}
