using System.Security.Cryptography;
using System.Text;

namespace Settlements.AspNetCore;

/// <summary>The page's style sheet, and its hash for the Content-Security-Policy.</summary>
internal static class ServersStyle
{
    public const string Css = """

        :root { --ink: #1c2024; --soft: #5c656e; --line: #d9dee3; --paper: #f6f7f9; --card: #fff;
          --good: #176b3a; --fair: #8a5300; --bad: #b3261e; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e9ec; --soft: #a3adb7; --line: #353c44; --paper: #14171a; --card: #1d2125;
            --good: #6fd39a; --fair: #f0b65a; --bad: #ff8f85; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
        main { max-width: 80rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
        h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
        .sum { margin: 0 0 1.25rem; padding-left: .75rem; border-left: .25rem solid var(--good); overflow-wrap: anywhere; }
        .sum.fair { border-color: var(--fair); } .sum.bad { border-color: var(--bad); font-weight: 600; }
        table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); }
        th, td { padding: .5rem .75rem; text-align: left; vertical-align: baseline; }
        thead th { color: var(--soft); font-size: .875rem; font-weight: 600; white-space: nowrap; }
        thead th:nth-child(n+4):nth-child(-n+6) { text-align: right; }
        tbody { border-top: 1px solid var(--line); }
        tbody th { font-weight: 600; }
        .short { white-space: nowrap; } .long { min-width: 20rem; overflow-wrap: anywhere; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .position { font-family: ui-monospace, monospace; font-size: .875rem; overflow-wrap: anywhere; min-width: 10rem; }
        .state { font-weight: 600; white-space: nowrap; }
        .state::before { content: "\25CF\00A0"; content: "\25CF\00A0" / ""; }
        .good.state { color: var(--good); } .fair.state { color: var(--fair); } .bad.state { color: var(--bad); }
        .plain.state { color: var(--soft); }
        .quiet, .note { color: var(--soft); }
        .detail td { padding-top: 0; overflow-wrap: anywhere; }
        .note { margin: 1rem 0 0; font-size: .875rem; max-width: 60rem; }
        @media (max-width: 75rem) {
          tbody, tr, th, td { display: block; }
          table { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr));
            gap: .75rem; background: none; border: 0; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          tbody { padding: .75rem; background: var(--card); border: 1px solid var(--line); }
          th, td, .detail td, td.number { padding: .125rem 0; text-align: left; min-width: 0; }
          tbody th { font-size: 1.125rem; white-space: normal; overflow-wrap: anywhere; }
          td { display: grid; grid-template-columns: 6rem 1fr; gap: .75rem; align-items: baseline; white-space: normal; }
          td::before { content: attr(data-label); content: attr(data-label) / ""; color: var(--soft);
            font-family: system-ui, sans-serif; font-size: .875rem; }
        }

        """;

    /// <summary>The hash source of the style sheet (CSP Level 3, section 2.3.1).</summary>
    public static string Hash { get; } = $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)))}";
}
