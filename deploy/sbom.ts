// npm run sbom: what the chat is made of, as CycloneDX, for whoever has to know whether a hole found elsewhere is here too.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Glob } from 'bun'
import { dependencies, name, version } from '../package.json'

interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly properties?: readonly { readonly name: string }[]
}

interface Bom {
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

const ROOT = join(import.meta.dir, '..')
const [outfile = join(ROOT, 'sbom.cdx.json')] = process.argv.slice(2)

const everything = bomOfNpm()
const own = everything.metadata.component['bom-ref']
const shipped = closure(everything, [...Object.keys(dependencies), ...bundled()])
const bom = {
  ...everything,
  metadata: {
    ...everything.metadata,
    component: { ...everything.metadata.component, type: 'application', name, version },
  },
  components: everything.components.filter((each) => shipped.has(each['bom-ref'])).map(asShipped),
  dependencies: everything.dependencies
    .filter(({ ref }) => ref === own || shipped.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => shipped.has(other)) })),
}
writeFileSync(outfile, `${JSON.stringify(bom, null, 2)}\n`)
console.log(`${outfile}: ${bom.components.length} components`)

/** What npm knows of everything that is installed; it asks nobody. */
function bomOfNpm(): Bom {
  const { stdout, stderr, exitCode } = Bun.spawnSync(['npm', 'sbom', '--sbom-format', 'cyclonedx'], { cwd: ROOT })
  if (exitCode !== 0) throw new Error(`npm sbom failed: ${stderr.toString()}`)
  return JSON.parse(stdout.toString()) as Bom
}

/** For npm the page's libraries are for development alone; but they are in the page, and so with everybody who opens it. */
function bundled(): readonly string[] {
  const files = [...new Glob('web/**/*.{ts,tsx}').scanSync(ROOT)].filter((file) => !/^web\/dist\/|\.d\.ts$/.test(file))
  return files.flatMap((file) => packagesIn(readFileSync(join(ROOT, file), 'utf8')))
}

function packagesIn(source: string): readonly string[] {
  const imported = [...source.matchAll(/(?:from|import|resolveSync)[\s(]*['`]([^'`.][^'`]*)['`]/g)].map(
    ([, path = '']) => path,
  )
  return imported
    .filter((path) => !/^(?:node:|bun(?::|$))/.test(path))
    .map((path) => /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path)
}

/** The named ones and all that they need in turn. */
function closure({ components, dependencies }: Bom, names: readonly string[]): ReadonlySet<string> {
  const needs = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
  const direct = needs.get(own) ?? []
  const found = new Set<string>()
  const visit = (ref: string): void => {
    if (found.has(ref)) return
    found.add(ref)
    for (const other of needs.get(ref) ?? []) visit(other)
  }
  for (const each of components)
    if (names.includes(each.name) && direct.includes(each['bom-ref'])) visit(each['bom-ref'])
  return found
}

function asShipped(component: Component): Component {
  const properties = (component.properties ?? []).filter(({ name }) => name !== 'cdx:npm:package:development')
  return { ...component, properties }
}
