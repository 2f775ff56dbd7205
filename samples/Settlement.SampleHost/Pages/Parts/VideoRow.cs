namespace Settlement.SampleHost.Pages.Parts;

/// <summary>A video's sums of a period: what the interactive grid is given. Amounts are won.</summary>
public sealed record VideoRow(string Title, string Payee, string Address, long Views, decimal VideoAmount, long AdViews, decimal AdAmount, decimal Total);
