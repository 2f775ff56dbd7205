namespace Settlement.SampleHost.Hosting;

/// <summary>The host can't start with its settings. The message names the setting, its value and the remedy.</summary>
internal sealed class StartException(string message) : Exception(message);
