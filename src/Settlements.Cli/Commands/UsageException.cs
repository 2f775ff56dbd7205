namespace Settlements.Cli;

/// <summary>Thrown when a command can't be executed as given. The message names the cause and the remedy.</summary>
internal sealed class UsageException(string message) : Exception(message);
