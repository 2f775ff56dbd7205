import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const here = dirname(fileURLToPath(import.meta.url))
const referenceFile = join(here, 'reference.json')
const reference = existsSync(referenceFile) ? JSON.parse(readFileSync(referenceFile, 'utf8')) : []

const decisions = readdirSync(join(here, '..', 'decisions'))
  .filter((name) => name.endsWith('.md') && name !== 'index.md')
  .sort()
  .map((name) => ({
    text: readFileSync(join(here, '..', 'decisions', name), 'utf8').match(/^# (.*)$/m)[1],
    link: `/decisions/${name.slice(0, -3)}`
  }))

const pages = [
  {
    text: 'Getting started',
    items: [
      { text: 'First settlement', link: '/start' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'Comparison', link: '/comparison' }
    ]
  },
  {
    text: 'Guides',
    items: [
      { text: 'Your own tables', link: '/guides/own-tables' },
      { text: 'Files: Parquet, CSV, JSON lines', link: '/guides/files' },
      { text: 'Rates and versions', link: '/guides/rates' },
      { text: 'Rates in the store', link: '/guides/rates-in-the-store' },
      { text: 'Trials of other rates', link: '/guides/trials' },
      { text: 'Estimates of open days', link: '/guides/estimates' },
      { text: 'Corrections and late usage', link: '/guides/corrections' },
      { text: 'Events as they happen', link: '/guides/writing' },
      { text: 'Bulk loading', link: '/guides/loading' },
      { text: 'Custom pipelines', link: '/guides/pipelines' },
      { text: 'Scale and limits', link: '/guides/scale' },
      { text: 'Usage in ClickHouse', link: '/guides/clickhouse' },
      { text: 'On MySQL and MariaDB', link: '/guides/mysql' },
      { text: 'Several instances', link: '/guides/instances' },
      { text: 'Replicas and causal tokens', link: '/guides/replicas' },
      { text: 'Migrating from Spring Batch or SQL', link: '/guides/moving' },
      { text: 'Operations', link: '/guides/operations' },
      { text: 'A year, rehearsed', link: '/guides/rehearsal' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
      { text: 'The command line', link: '/guides/command-line' }
    ]
  },
  {
    text: 'Types by audience',
    items: [
      { text: 'Applications', link: '/api/applications' },
      { text: 'Pipeline authors', link: '/api/pipelines' },
      { text: 'Operators of replicas', link: '/api/routing' },
      { text: 'Store authors', link: '/api/stores' }
    ]
  },
  {
    text: 'In depth',
    items: [
      { text: 'Reliability', link: '/reliability' },
      { text: 'Entities', link: '/entities' },
      { text: 'Routing', link: '/routing' },
      { text: 'ASP.NET Core', link: '/aspnetcore' },
      { text: 'Running the sample', link: '/running' },
      { text: 'Benchmarks', link: '/benchmarks' },
      { text: 'Quality', link: '/quality' },
      { text: 'Never run here', link: '/never-run' },
      { text: 'Dependencies', link: '/dependencies' }
    ]
  },
  { text: 'Decisions', collapsed: true, items: decisions }
]

// The output of a program is plain text, labelled "output".
function showOutput(md) {
  const fence = md.renderer.rules.fence
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const token = tokens[index]
    if (token.info.trim() !== 'output') {
      return fence(tokens, index, ...rest)
    }
    token.info = 'txt'
    return fence(tokens, index, ...rest).replace('<span class="lang">txt</span>', '<span class="lang">output</span>')
  }
}

// DOCS_BASE is the path under which the site is served, for example /settlement/.
export default defineConfig({
  title: 'Settlement',
  description: 'Usage events in your own database become priced lines and statements, exactly once.',
  lang: 'en-GB',
  base: process.env.DOCS_BASE || '/',
  cleanUrls: false,
  lastUpdated: false,
  ignoreDeadLinks: false,
  srcExclude: ['node_modules/**', '**/README.md'],
  vite: { build: { chunkSizeWarningLimit: 4000, assetsInlineLimit: 0 } },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    config: showOutput
  },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${process.env.DOCS_BASE || '/'}icon.svg` }]],
  themeConfig: {
    // Guides rank above the reference in search results.
    search: {
      provider: 'local',
      options: { miniSearch: { searchOptions: { boostDocument: (id) => (id.includes('/reference/') ? 0.4 : 1) } } }
    },
    nav: [
      { text: 'First settlement', link: '/start' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'Guides', link: '/guides/own-tables', activeMatch: '^/guides/' },
      { text: 'Types by audience', link: '/api/applications', activeMatch: '^/api/' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' }
    ],
    sidebar: { '/reference/': reference, '/': pages },
    outline: { level: [2, 3] },
    docFooter: { prev: 'Previous', next: 'Next' },
    footer: { message: 'MIT licence' }
  }
})
