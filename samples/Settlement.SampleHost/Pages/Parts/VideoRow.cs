namespace Settlement.SampleHost.Pages.Parts;

/// <summary>The sums of a video in a period, as a row of the table. Amounts are in KRW.</summary>
public sealed record VideoRow(
    string Title, string Payee, string Address, long Views, decimal VideoAmount, long AdViews, decimal AdAmount, decimal Total);
