// Whatever the reading of the configuration asks for is a setting: there is no second list of them.
import type { Environment } from './asked.ts'

/** The same environment; `read` gets the name of everything that is asked for. */
export function noting(env: Environment, read: Set<string>): Environment {
  return new Proxy(env, {
    get(held, name) {
      if (typeof name === 'string') read.add(name)
      return Reflect.get(held, name)
    },
  })
}
