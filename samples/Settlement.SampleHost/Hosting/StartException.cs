namespace Settlement.SampleHost.Hosting;

/// <summary>Thrown when the host can't start with its settings. The message names the setting, its value and the remedy.</summary>
internal sealed class StartException(string message) : Exception(message);
