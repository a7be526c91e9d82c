// How the sources become what browsers run.
import { join } from 'node:path'
import type { BunPlugin } from 'bun'

const HERE = import.meta.dir

export async function bundle(
  entries: readonly string[],
  { plugins = [], define = {}, ...options }: Partial<Bun.BuildConfig>,
): Promise<Bun.BuildOutput> {
  return Bun.build({
    entrypoints: entries.map((entry) => join(HERE, entry)),
    target: 'browser',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"', ...define },
    plugins: [preactForReact(), ...plugins],
    ...options,
  } as Bun.BuildConfig)
}

/**
 * A widget brings its stylesheets in its script. A page around it may have set another size of `rem` (62.5 % is common), so that
 * lengths go by a property of the widget's own; in media queries, `rem` is what the reader has chosen.
 */
export async function stylesInScript(): Promise<BunPlugin> {
  const adopt = JSON.stringify(join(HERE, 'widget/styles.ts'))
  const texts = new Map<string, string>()
  for await (const path of new Bun.Glob('{views,widget}/*.css').scan({ cwd: HERE, absolute: true })) {
    const { outputs } = await Bun.build({ entrypoints: [path], minify: true })
    texts.set(path, withOwnRem((await outputs[0]?.text()) ?? ''))
  }
  return {
    name: 'Stylesheets in the script',
    setup(builder) {
      builder.onLoad({ filter: /\.css$/ }, ({ path }) => {
        const text = JSON.stringify(texts.get(path) ?? '')
        return { contents: `import { adopt } from ${adopt}\nadopt(${text})`, loader: 'js' }
      })
    },
  }
}

function withOwnRem(css: string): string {
  const lengths = /(@(?:media|container)[^{]*)|(-?[\d.]+)rem\b/g
  return css.replace(lengths, (_, query, length) => query ?? `calc(${length}*var(--rem))`)
}

/** Libraries written for React get Preact, which speaks the same. */
function preactForReact(): BunPlugin {
  const resolved = (name: string) => ({ path: Bun.resolveSync(name, HERE) })
  return {
    name: 'Preact for React',
    setup(builder) {
      builder.onResolve({ filter: /^react(?:-dom)?$/ }, () => resolved('preact/compat'))
      builder.onResolve({ filter: /^react\/jsx-runtime$/ }, () => resolved('preact/jsx-runtime'))
    },
  }
}
