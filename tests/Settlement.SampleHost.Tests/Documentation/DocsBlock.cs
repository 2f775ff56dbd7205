namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>A fenced block of a page, or the hidden code of a comment.</summary>
/// <param name="Language">The word after the fence; <c>setup</c> for hidden code.</param>
/// <param name="Text">What it holds.</param>
/// <param name="Line">The line of the page at which its text begins, from 1.</param>
/// <param name="Fragment">Why it is no code that could be compiled; null for all others.</param>
internal sealed record DocsBlock(string Language, string Text, int Line, string? Fragment);
