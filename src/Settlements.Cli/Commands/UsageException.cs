namespace Settlements.Cli;

/// <summary>The user asked for what can't be done. The message says what, and how to mend it.</summary>
internal sealed class UsageException(string message) : Exception(message);
