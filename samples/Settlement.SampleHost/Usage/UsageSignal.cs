using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Usage;

/// <summary>Signals that the outbox has events.</summary>
internal sealed class UsageSignal : Signal;
