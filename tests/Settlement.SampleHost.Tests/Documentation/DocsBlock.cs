namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>A fenced block of a page, or hidden code in a comment.</summary>
/// <param name="Language">The language of the fence; <c>setup</c> for hidden code.</param>
/// <param name="Text">The content.</param>
/// <param name="Line">The first line of the content on the page, from 1.</param>
/// <param name="Fragment">The reason why the block is not compiled; null for other blocks.</param>
internal sealed record DocsBlock(string Language, string Text, int Line, string? Fragment);
