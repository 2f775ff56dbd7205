// Generates the reference from docfx's output for the built assemblies: one page for each type and each namespace in reference/, and the
// sidebar. Both are git-ignored. Without docfx's output the reference is one page that explains this, and the rest of the site is built.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const docs = dirname(fileURLToPath(import.meta.url))
const from = join(docs, '.vitepress', 'docfx')
const to = join(docs, 'reference')
const sidebarFile = join(docs, '.vitepress', 'reference.json')

const packages = [
  ['Settlements', 'The domain and the ports: events, days, rates, lines, statements, pipelines, routing. No SQL and no driver.'],
  ['Settlements.Sqlite', 'The embedded store, in one file.'],
  ['Settlements.MySql', 'The store on MySQL and MariaDB, the bulk loader and the router.'],
  ['Settlements.ClickHouse', 'Reads usage from ClickHouse, which sums it.'],
  ['Settlements.DuckDb', 'Parquet, CSV, JSON lines and DuckDB databases as sources of usage.'],
  ['Settlements.AspNetCore', 'Causal tokens across requests, health checks and a status page of the database servers.'],
  ['Settlements.Testing', 'The fault kit, and the tests that every store must pass. For test projects.']
]

const audiences = [
  ['Applications', 'Settlements', 'api/applications'],
  ['Pipeline authors', 'Settlements.Pipelines', 'api/pipelines'],
  ['Operators of replicas', 'Settlements.Routing', 'api/routing'],
  ['Store authors (experimental)', 'Settlements.Stores', 'api/stores']
]

rmSync(to, { recursive: true, force: true })
mkdirSync(to, { recursive: true })

const files = existsSync(from) ? readdirSync(from).filter((name) => name.endsWith('.md')) : []
if (files.length === 0) {
  const missing = 'The reference was not built with this copy of the site, because its generator, docfx, was not available.'
  writeFileSync(join(to, 'index.md'), `# Reference\n\n${missing}\n\n${audienceTable(false)}\n`)
  writeFileSync(sidebarFile, '[]\n')
  console.log('reference: docfx produced no output; the reference page explains this')
  process.exit(0)
}

// docfx replaces every character of an id that is no letter or digit with "_" in an anchor; a cross reference has the id itself.
const anchorOf = (id) => id.replace(/[^A-Za-z0-9]/g, '_')
const source = new Map(files.map((name) => [name, readFileSync(join(from, name), 'utf8').replaceAll('\r\n', '\n')]))
const placeOf = new Map()
for (const [name, text] of source) {
  for (const [, anchor] of text.matchAll(/<a id="([^"]+)"><\/a>/g)) {
    placeOf.set(anchor, text.startsWith(`# <a id="${anchor}">`) ? name : `${name}#${anchor}`)
  }
}

const types = []
for (const [name, text] of source) {
  const [, kind, title] = text.match(/^# <a id="[^"]+"><\/a> (\S+) (.*)$/m)
  writeFileSync(join(to, name), pageOf(text, kind, title))
  if (kind !== 'Namespace') {
    types.push({
      name, kind, title: unescape(title),
      namespace: text.match(/^Namespace: \[([^\]]+)\]/m)[1].replaceAll('\\', ''),
      package: text.match(/^Assembly: (.*)\.dll/m)[1].trim()
    })
  }
}

const sidebar = packages.map(([name]) => ({
  text: name,
  collapsed: true,
  items: namespacesOf(name).map((namespace) => ({
    text: namespace === name ? namespace : namespace.slice(name.length + 1),
    link: `/reference/${namespace}`,
    collapsed: true,
    items: typesOf(name, namespace).map((type) => ({ text: type.title, link: `/reference/${type.name.slice(0, -3)}` }))
  }))
}))
const tree = [{ text: 'Packages', items: [{ text: 'All types', link: '/reference/' }, ...sidebar] }]
writeFileSync(sidebarFile, JSON.stringify(tree, null, 1) + '\n')
writeFileSync(join(to, 'index.md'), indexPage())
console.log(`reference: ${types.length} types of ${packages.length} packages`)

function namespacesOf(name) {
  return [...new Set(types.filter((type) => type.package === name).map((type) => type.namespace))].sort()
}

function typesOf(name, namespace) {
  return types.filter((type) => type.package === name && type.namespace === namespace).sort((a, b) => (a.title < b.title ? -1 : 1))
}

function indexPage() {
  const intro = 'Every public type of the packages, generated from the documentation comments, with units, ranges and exceptions.'
  const parts = [`# Reference\n\n${intro}\n\n${audienceTable(true)}\n`]
  for (const [name, what] of packages) {
    parts.push(`## ${name}\n\n${what}\n\n| namespace | types |\n|---|---|`)
    for (const namespace of namespacesOf(name)) {
      const links = typesOf(name, namespace).map((type) => `[${escape(type.title)}](${type.name})`)
      parts.push(`| [${namespace}](${namespace}.md) | ${links.join(', ')} |`)
    }
    parts.push('')
  }
  return front('Reference', '[2, 2]') + parts.join('\n')
}

function audienceTable(hasPages) {
  const rows = audiences.map(([audience, namespace, page]) =>
    `| [${audience}](../${page}.md) | ${hasPages ? `[${namespace}](${namespace}.md)` : `\`${namespace}\``} |`)
  return ['| audience | namespace |', '|---|---|', ...rows].join('\n')
}

function pageOf(text, kind, title) {
  const page = text
    // Members of object and inheritance from object alone are omitted.
    .replace(/#### Inherited Members\n\n[\s\S]*?(?=\n#{1,6} |$)/g, '')
    .replace(/#### Inheritance\n\n\[object\][^\n]*\n\[[^\n]*\n(?=\n)/g, '')
    .replace(/^Assembly: (.*)\.dll *$/m, 'Package: $1')
    .replace(/^(#+) <a id="([^"]+)"><\/a> (.*)$/gm, (_, level, anchor, words) =>
      level === '#' ? `# ${words}` : `${level} ${words} {#${anchor}}`)
    // The type of a field or a property is a line instead of a heading.
    .replace(/#### (?:Field|Property) Value\n\n *(.*)\n/g, 'Type: $1\n')
    .replace(/<xref href="([^"]*)"[^>]*><\/xref>/g, (_, id) => linkTo(decodeURIComponent(id)))
    .replace(/<code class="paramref">([^<]*)<\/code>/g, '<code>$1</code>')
    .replaceAll('{{', '&#123;{')
    .replace(/\n{4,}/g, '\n\n\n')
  // The contract tests have names of many words, and would dominate the search results.
  const isFound = !/Contract$/.test(title)
  return front(`${unescape(title)} ${kind.toLowerCase()}`, kind === 'Namespace' ? 'false' : '[2, 3]', isFound) + page
}

function linkTo(id) {
  const words = id.replace(/\(.*$/, '').replace(/`+\d+/g, '').replace(/%60\d/g, '').split('.')
  const place = placeOf.get(anchorOf(id))
  const isMember = place?.includes('#') || id.includes('(')
  const shown = words.slice(isMember ? -2 : -1).join('.')
  return place ? `[${shown}](${place})` : `<code>${shown}</code>`
}

function front(title, outline, isFound = true) {
  return `---\ntitle: ${JSON.stringify(title)}\noutline: ${outline}\nsearch: ${isFound}\n---\n\n`
}

function unescape(text) {
  return text.replace(/\\(.)/g, '$1').trim()
}

function escape(text) {
  return text.replaceAll('<', '\\<').replaceAll('>', '\\>')
}
