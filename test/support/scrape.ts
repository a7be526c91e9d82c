// Reads /metrics as Prometheus does: strictly.
import type { Server } from './server.ts'

const SAMPLE = /^([a-z_]+)((?:\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*\})?) (\S+)$/

export interface Scrape {
  /** Every metric and its type. */
  readonly types: ReadonlyMap<string, string>
  /** Every sample by its name, labels included. */
  readonly samples: ReadonlyMap<string, number>
  /** One sample; 0 when it is not there. */
  value(sample: string): number
}

export async function scrape(server: Server, headers: Record<string, string> = {}): Promise<Scrape> {
  const answer = await fetch(`${server.origin}/metrics`, { headers: { Connection: 'close', ...headers } })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`no figures: ${answer.status} ${text}`)
  return read(text)
}

/** Throws when Prometheus would not take it. */
export function read(text: string): Scrape {
  const types = new Map<string, string>()
  const samples = new Map<string, number>()
  let family = ''
  for (const line of text.split('\n').slice(0, -1)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') family = name
    else if (kind === 'TYPE') {
      if (name !== family || types.has(name)) throw new Error(`out of order, or twice: ${line}`)
      types.set(name, rest)
    } else {
      const [, sample = '', labels = '', value = ''] = SAMPLE.exec(line) ?? []
      const ownName = types.get(family) === 'histogram' ? sample.replace(/_(?:bucket|sum|count)$/, '') : sample
      if (ownName !== family || !Number.isFinite(Number(value))) throw new Error(`not a sample of ${family}: ${line}`)
      if (samples.has(sample + labels)) throw new Error(`twice: ${line}`)
      samples.set(sample + labels, Number(value))
    }
  }
  return { types, samples, value: (sample) => samples.get(sample) ?? 0 }
}
