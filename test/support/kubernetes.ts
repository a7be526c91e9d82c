// What Kubernetes itself would say of a manifest's form: models made from its own description, from their package, fetched once.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PACKAGE = 'kubernetes-models@5.1.0'
const FOLDER = join(import.meta.dir, '../../node_modules/.cache/propromo-chat/kubernetes')
const MODELS = join(FOLDER, 'node_modules/kubernetes-models')

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec?: unknown
}

export function hasKubernetesModels(): boolean {
  return existsSync(join(MODELS, 'package.json'))
}

/** Beside the dependencies and not among them: whoever runs the chat needs none of its thousand files. */
export function fetchKubernetesModels(): void {
  const quietly = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional']
  Bun.spawnSync(['npm', 'install', '--prefix', FOLDER, ...quietly, PACKAGE], { stdout: 'ignore', stderr: 'ignore' })
}

/** Throws what is wrong with the form of the manifest. */
export async function checkForm(manifest: Manifest): Promise<void> {
  const models = (await import(join(MODELS, `${manifest.apiVersion}/${manifest.kind}.js`))) as Record<string, Model>
  const Kind = models[manifest.kind]
  if (!Kind) throw new Error(`there is no ${manifest.kind} in ${manifest.apiVersion}`)
  new Kind(manifest).validate()
}

/** What the compiler says of fields that there are not: the models themselves let them pass. */
export function strayFields(manifests: readonly Manifest[]): string {
  const sources = manifests.map((manifest, index) => {
    const { apiVersion, kind } = manifest
    const type = `import('kubernetes-models/${apiVersion}/${kind}').I${kind}`
    return `export const manifest${index}: ${type} = ${JSON.stringify(manifest, null, 2)}\n`
  })
  const file = join(FOLDER, 'manifests.ts')
  writeFileSync(file, sources.join(''))
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'preserve', '--ignoreConfig']
  const tsc = join(import.meta.dir, '../../node_modules/.bin/tsc')
  return Bun.spawnSync([tsc, ...options, 'manifests.ts'], { cwd: FOLDER }).stdout.toString()
}

type Model = new (manifest: Manifest) => { validate(): void }
