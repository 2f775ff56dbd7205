using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Scheduling;

/// <summary>Signals that usage was stored which the estimate does not contain.</summary>
internal sealed class EstimateSignal : Signal;
