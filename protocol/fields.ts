// Reading what came as JSON: a field holds what it should, or a fault names it.

/** Says which field is missing or wrong. */
export class Unreadable extends Error {}

export type Fields = Readonly<Record<string, unknown>>

export function text(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : wrong(name)
}

export function flag(fields: Fields, name: string): boolean {
  const value = fields[name]
  return typeof value === 'boolean' ? value : wrong(name)
}

export function number(fields: Fields, name: string): number {
  const value = fields[name]
  return typeof value === 'number' ? value : wrong(name)
}

export function offset(fields: Fields, name: string): number {
  const value = fields[name]
  return isOffset(value) ? value : wrong(name)
}

export function instant(fields: Fields, name: string): number {
  const at = Date.parse(text(fields, name))
  return Number.isNaN(at) ? wrong(name) : at
}

export function optional<Value, As extends string>(
  fields: Fields,
  name: string,
  read: (fields: Fields, name: string) => Value,
  as: As,
): { readonly [Key in As]?: Value } {
  return fields[name] === undefined ? {} : ({ [as]: read(fields, name) } as { [Key in As]: Value })
}

export function list(fields: Fields, name: string): readonly Fields[] {
  return array(fields, name).map((value) => fieldsOf(value, name))
}

export function array(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name]
  return Array.isArray(value) ? value : wrong(name)
}

export function fieldsOf(value: unknown, name: string): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : wrong(name)
}

export function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function wrong(name: string): never {
  throw new Unreadable(`the field ${JSON.stringify(name)} is missing or wrong`)
}
